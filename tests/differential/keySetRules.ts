import type { Rule } from './engine';
import type { KeySetInput, PublishedEntry, PublishedKey } from './keySetRun';

/** The entry has the id that the token names, of itself or because it was given to it. */
function isNamed(entry: PublishedEntry): entry is PublishedKey {
  if ('entry' in entry) return false;
  return 'kid' in entry.changes ? entry.changes.kid === 'main-1' : entry.key === 'main';
}

/** What ours asks of a key and theirs does not. */
function isWrittenOddly({ changes, padded }: PublishedKey): boolean {
  const { use, key_ops: operations, alg } = changes;
  return (
    padded === true ||
    'k' in changes ||
    'p' in changes ||
    (use !== undefined && typeof use !== 'string') ||
    (operations !== undefined && !Array.isArray(operations)) ||
    (alg !== undefined && alg !== null && typeof alg !== 'string')
  );
}

const named = ({ entries }: KeySetInput) => entries.filter(isNamed);

/** Where the two part over what is published. */
export const keySetRules: ReadonlyArray<Rule<KeySetInput>> = [
  {
    id: 'published-keys',
    ours: 'refused',
    as: ['AUTH_KEY_UNKNOWN'],
    covers: input => named(input).length === 1 && named(input).every(isWrittenOddly),
  },
  {
    id: 'unusable-entries',
    ours: 'accepted',
    covers: ({ entries }) => entries.some(entry => 'entry' in entry),
  },
  { id: 'several-keys-of-one-id', ours: 'accepted', covers: input => named(input).length > 1 },
  {
    id: 'several-keys-of-one-id',
    ours: 'refused',
    as: ['AUTH_ALGORITHM_NOT_ALLOWED'],
    covers: input => named(input).length > 1 && named(input).at(-1)?.key !== 'main',
  },
];
