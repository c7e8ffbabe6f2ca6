import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { expectText } from '../subjects/pluginTokens.mjs';
import { createWorld, RECEIVER } from '../subjects/world.mjs';

const USERS = 50;

const modes = ['one', 'inFlight'];

/** @type {import('../harness/runRow.mjs').MeasuredRow[]} */
export const rows = [
  {
    // A user token in, a token on behalf of the user out, and in again at the other plugin.
    name: `round trip on behalf of ${USERS} users`,
    reference: "Backstage's auth service",
    modes,
    targets: modes.map(mode => ({ mode, reference: 'backstage', atLeast: 100 })),
    async setUp(context) {
      const world = await createWorld(context);
      const tokens = await world.signIn(USERS);
      const trip = ({ caller, receiver }) => ({
        prepare: count => freshCopies(tokens, count),
        async run(userToken) {
          const onBehalfOf = await caller.authenticate(userToken);
          const { token } = await caller.getPluginRequestToken({
            onBehalfOf,
            targetPluginId: RECEIVER,
          });
          // It crosses the network: the copy is part of the operation, for both.
          return receiver.authenticate(freshCopy(token));
        },
        check: expectText(/userPrincipal\{user:default\/user-0,actor=.*plugin:caller/),
      });
      return {
        subjects: { ours: trip(world.ours), backstage: trip(world.backstage) },
        close: world.close,
      };
    },
  },
];
