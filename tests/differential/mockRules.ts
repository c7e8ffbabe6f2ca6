import type { Rule } from './engine';
import type { MockInput } from './mockRun';

/** What mock tokens with members begin with. */
export const prefixes = [
  'mock-user-token:',
  'mock-limited-user-token:',
  'mock-service-token:',
] as const;
const isText = (value: unknown) =>
  value === undefined || (typeof value === 'string' && value !== '');
const isRef = (value: unknown) =>
  value === undefined || (typeof value === 'string' && /^.+:.+\/.+$/.test(value));

/** Written for this suite: what Backstage's documentation lets a mock token be. */
function isWellFormed(token: string): boolean {
  const prefix = prefixes.find(candidate => token.startsWith(candidate));
  if (prefix === undefined) return true;
  let value: unknown;
  try {
    value = JSON.parse(token.slice(prefix.length));
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { sub, obo, target, actor } = value as Record<string, unknown>;
  if (prefix === 'mock-service-token:')
    return isText(sub) && isText(obo) && isRef(obo) && isText(target);
  if (!isRef(sub)) return false;
  if (prefix === 'mock-limited-user-token:' || actor === undefined) return true;
  const subject = (actor as { subject?: unknown } | null)?.subject;
  return typeof subject === 'string' && subject !== '';
}

const isOneBearer = ({ via, token }: MockInput) =>
  via !== 'bearer' || /^Bearer +\S+$/.test(`Bearer ${token}`);

const readsIt = (input: MockInput) => {
  const { via, limited, token } = input;
  if (!isOneBearer(input) || (via === 'bearer' && token === 'mock-none-token')) return false;
  if (via === 'cookie') return limited && token !== '';
  return limited || !token.startsWith('mock-limited-user-token:');
};

/** Where the mocks of the two part. */
export const mockRules: ReadonlyArray<Rule<MockInput>> = [
  {
    id: 'authorization-header',
    ours: 'refused',
    as: ['AUTH_REQUEST_AMBIGUOUS'],
    covers: input => !isOneBearer(input),
  },
  {
    id: 'well-formed-mock-tokens',
    ours: 'refused',
    as: ['AUTH_TOKEN_MALFORMED', 'AUTH_CLAIM_INVALID', 'AUTH_TOKEN_TYPE_UNKNOWN'],
    covers: input => readsIt(input) && !isWellFormed(input.token),
  },
  {
    id: 'well-formed-mock-tokens',
    ours: 'otherwise',
    as: ['AuthenticationError'],
    covers: input => readsIt(input) && !isWellFormed(input.token),
  },
  {
    id: 'cookie-is-a-limited-token',
    ours: 'refused',
    as: ['AUTH_TOKEN_TYPE_UNKNOWN'],
    covers: input => {
      const { via, token } = input;
      return (
        via === 'cookie' &&
        readsIt(input) &&
        isWellFormed(token) &&
        !token.startsWith('mock-limited-user-token:')
      );
    },
  },
];
