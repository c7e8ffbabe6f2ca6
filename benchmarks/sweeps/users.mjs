// Before the packages.
import { believing } from '../subjects/believing.mjs';
import { createUserTokenIssuer } from '@stagepass/auth-backend';
import { freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation, takeTurns } from '../subjects/installation.mjs';
import { expectText } from '../subjects/pluginTokens.mjs';

export const rows = [
  sweepRow({
    name: 'users',
    axis: 'users, each with one token',
    // From 10,000 on they are more than what is remembered.
    points: [1, 10, 100, 1000, 10_000, 100_000],
    async setUp({ logger }, points) {
      const issuer = await createUserTokenIssuer({ issuer: 'http://backend/api/auth', logger });
      const tokens = [];
      for (let n = 0; n < points.at(-1); n++) {
        const claims = { sub: `user:default/user-${n}` };
        tokens.push((await issuer.issueToken({ claims })).token);
      }
      return { issuer, tokens };
    },
    async open(users, context, { issuer, tokens: all }) {
      const backend = createInstallation(context, { userTokenIssuer: issuer });
      const auth = await backend.forPlugin('caller');
      const tokens = all.slice(0, users);
      await believing(async () => {
        for (const token of tokens) await issue(auth, await auth.authenticate(freshCopy(token)));
      });
      const one = tokens.slice(-1);
      return {
        lines: {
          'verify, all in turn': verifying(auth, tokens),
          'verify, one of them': verifying(auth, one),
          'issue on behalf of, all in turn': issuing(auth, tokens),
          'issue on behalf of, one of them': issuing(auth, one),
        },
        close: () => backend.close(),
      };
    },
  }),
];

function verifying(auth, tokens) {
  return {
    // Beyond what is remembered each operation takes cryptography.
    ownTurn: true,
    prepare: takeTurns(tokens, freshCopy),
    run: token => auth.authenticate(token),
    check: expectText(/userPrincipal\{user:default\/user-\d+\}/),
  };
}

function issuing(auth, tokens) {
  const next = takeTurns(tokens, freshCopy);
  return {
    ownTurn: true,
    async prepare(count) {
      const credentials = [];
      for (const token of next(count)) credentials.push(await auth.authenticate(token));
      return credentials;
    },
    run: credentials => issue(auth, credentials),
  };
}

function issue(auth, onBehalfOf) {
  return auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'receiver' });
}
