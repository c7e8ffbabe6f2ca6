import { freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation, takeTurns } from '../subjects/installation.mjs';
import { claimsOf, expectText } from '../subjects/pluginTokens.mjs';
import { createSigner } from '../subjects/raw.mjs';
import { ELSEWHERE } from '../subjects/world.mjs';

const elsewhere = createSigner('elsewhere-key');

export const rows = [
  sweepRow({
    name: 'plugins of one process',
    axis: 'plugins',
    points: [1, 10, 100, 1000],
    async open(plugins, context) {
      const backend = createInstallation(context, {
        keySets: { [ELSEWHERE]: [elsewhere.publicJwk] },
      });
      const services = [];
      for (let n = 0; n < plugins; n++) services.push(await backend.forPlugin(`plugin-${n}`));
      const calls = await callTheNext(services);
      const last = calls.slice(-1);
      return {
        lines: {
          'verify, remembered, at all in turn': verifying(calls),
          'verify, remembered, at one': verifying(last),
          'issue, remembered, by all in turn': issuing(calls),
          'issue, remembered, by one': issuing(last),
          'verify, never seen, at all in turn': {
            ...verifying(calls),
            ownTurn: true,
            prepare: takeTurns(calls, ({ receiver, aud }) => ({
              receiver,
              token: freshCopy(elsewhere.issue(claimsOf(0, { aud }))),
            })),
          },
        },
        close: () => backend.close(),
      };
    },
  }),
];

/** Each plugin calls the next one, the last the first. */
async function callTheNext(services) {
  const calls = [];
  for (const [n, caller] of services.entries()) {
    const index = (n + 1) % services.length;
    const call = { caller, receiver: services[index], aud: `plugin-${index}` };
    const { token } = await issue(call);
    await call.receiver.authenticate(token);
    calls.push({ ...call, token });
  }
  return calls;
}

function verifying(calls) {
  return {
    prepare: takeTurns(calls, ({ receiver, token }) => ({ receiver, token: freshCopy(token) })),
    run: ({ receiver, token }) => receiver.authenticate(token),
    check: expectText(/servicePrincipal\{plugin:(plugin-\d+|elsewhere)\}/),
  };
}

function issuing(calls) {
  return { prepare: takeTurns(calls, call => call), run: issue };
}

async function issue({ caller, aud }) {
  const onBehalfOf = await caller.getOwnServiceCredentials();
  return caller.getPluginRequestToken({ onBehalfOf, targetPluginId: aud });
}
