import { randomBytes } from 'node:crypto';
import { freshCopies } from '../harness/freshStrings.mjs';
import { expectText } from '../subjects/pluginTokens.mjs';
import { createWorld } from '../subjects/world.mjs';

const modes = ['one', 'inFlight'];

/** @type {import('../harness/runRow.mjs').MeasuredRow[]} */
export const rows = [
  {
    name: 'authenticate a static token, the first of 3',
    reference: "Backstage's auth service",
    modes,
    targets: [],
    async setUp(context) {
      const few = await openWorld(context, 3);
      const subject = authenticated(few.tokens[0]);
      return {
        subjects: { ours: subject(few.world.ours), backstage: subject(few.world.backstage) },
        close: few.world.close,
      };
    },
  },
  {
    name: 'authenticate a static token, the last of 1,000',
    reference: "Backstage's auth service; ours with 3 entries",
    modes,
    targets: modes.flatMap(mode => [
      { mode, reference: 'backstage', atLeast: 10 },
      { mode, reference: 'ours, 3 entries', atMost: 1.2 },
    ]),
    async setUp(context) {
      const few = await openWorld(context, 3);
      const many = await openWorld(context, 1000);
      const last = authenticated(many.tokens.at(-1));
      return {
        subjects: {
          ours: last(many.world.ours),
          'ours, 3 entries': authenticated(few.tokens[0])(few.world.ours),
          backstage: last(many.world.backstage),
        },
        async close() {
          await few.world.close();
          await many.world.close();
        },
      };
    },
  },
];

/** Both sides with as many static entries. */
async function openWorld(context, entries) {
  const tokens = Array.from({ length: entries }, () => randomBytes(24).toString('base64url'));
  const externalAccess = tokens.map((token, n) => ({
    type: 'static',
    options: { token, subject: `external-${n}` },
  }));
  const config = { backend: { auth: { externalAccess } } };
  return { tokens, world: await createWorld(context, { config }) };
}

function authenticated(token) {
  return ({ receiver }) => ({
    prepare: count => freshCopies([token], count),
    run: text => receiver.authenticate(text),
    check: expectText(/servicePrincipal\{external-\d+\}/),
  });
}
