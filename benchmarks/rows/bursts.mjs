import { runBursts, PER_TURN } from '../harness/bursts.mjs';
import { freshCopy } from '../harness/freshStrings.mjs';
import { issueElsewhere } from '../subjects/pluginTokens.mjs';
import { takeApart, verifyRaw, verifyRawInPool } from '../subjects/raw.mjs';
import { config, kinds, refuse, WAITING } from '../subjects/refused.mjs';
import { createWorld } from '../subjects/world.mjs';

// A turn is measured by the clock, and the processor is to be the event loop's meanwhile: for the rows of this file the
// thread pool has one thread.

const BURST = 1000;

const reference = 'what a process may do before it looks at its sockets again';

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  {
    name: `authenticate ${BURST} plugin tokens, never seen, in turns of ${PER_TURN}`,
    reference,
    async run(context) {
      const world = await createWorld(context);
      const { elsewhere } = world;
      const issue = () => issueElsewhere(elsewhere, BURST);
      const ours = await runBursts(
        {
          prepare: () => issue().map(freshCopy),
          run: token => world.ours.receiver.authenticate(token),
        },
        context.settings,
      );
      const raw = await runBursts(
        {
          prepare: () => issue().map(takeApart),
          run: parts => verifyRawInPool(parts, elsewhere.publicKey),
        },
        context.settings,
      );
      await world.close();
      return {
        figures: [
          { name: 'ours, the least disturbed', value: ours.leastDisturbed, unit: 'ms' },
          { name: 'raw on the thread pool', unit: 'ms', ...raw.longestTurn },
        ],
        targets: [
          {
            name: 'verifications outside of the thread pool in one turn',
            unit: '',
            value: ours.mostVerifications,
            atMost: 4,
          },
          { name: 'longest turn', unit: 'ms', ...ours.longestTurn, atMost: 5 },
        ],
      };
    },
  },
  ...Object.entries(kinds).map(([kind, make]) => ({
    name: `refuse ${kind}, ${BURST} in turns of ${PER_TURN}`,
    reference,
    async run(context) {
      const world = await createWorld(context, { config });
      const { elsewhere } = world;
      const subject = {
        prepare: () => make(BURST).map(freshCopy),
        run: token => refuse(world.ours.receiver, token),
      };
      const raw = {
        prepare: () => issueElsewhere(elsewhere, BURST / 5).map(takeApart),
        run: parts => verifyRaw(parts, elsewhere.publicKey),
      };
      const { longestTurn, leastDisturbed, processorTime } = await runBursts(
        subject,
        context.settings,
        // Of the others `refusals.mjs` measures how long they take.
        kind === WAITING ? raw : undefined,
      );
      await world.close();
      const cost = {
        ...{ name: 'the processor time of raw', unit: '×', ...processorTime },
        ...{ atMost: 0.2, excused: 'see “What may be missed”' },
      };
      return {
        figures: [{ name: 'ours, the least disturbed', value: leastDisturbed, unit: 'ms' }],
        targets: [
          { name: 'longest turn', unit: 'ms', ...longestTurn, atMost: 5 },
          ...(processorTime ? [cost] : []),
        ],
      };
    },
  })),
];
