import type { CallInput, Holder, RestrictionInput } from './delegationRun';
import type { Rule } from './engine';

const isService = ({ who, ...rest }: Holder) =>
  who === 'own' ||
  who === 'restricted' ||
  ('base' in rest &&
    rest.obo !== true &&
    ['plugin', 'plain', 'jwks', 'legacy'].includes(rest.base));
const uipOf = ({ holder }: CallInput) =>
  holder.who === 'token'
    ? holder.changes.findLast(change => 'in' in change && change.name === 'uip')
    : undefined;

const isBase64url = (value: unknown) =>
  typeof value === 'string' &&
  value !== '' &&
  Buffer.from(value, 'base64url').toString('base64url') === value;

/** The entry for the target, where ours passes the restrictions on; with what it may do there, or without. */
const restrictionOf = ({ holder, target, stored }: CallInput) => {
  if (holder.who !== 'restricted' || holder.plain || stored !== undefined) return undefined;
  return holder.restrictions.find(({ plugin }) => plugin === target);
};
const isNarrow = ({ permission, permissionAttribute }: RestrictionInput) =>
  permission !== undefined || permissionAttribute !== undefined;

/** Where the two part over calls onward. */
export const callRules: ReadonlyArray<Rule<CallInput>> = [
  {
    id: 'target-plugin-id',
    ours: 'refused',
    as: ['InputError'],
    covers: ({ target }) => !/^[A-Za-z0-9_-]{1,128}$/.test(target),
  },
  {
    id: 'target-plugin-id',
    ours: 'otherwise',
    as: ['InputError'],
    covers: ({ target }) => !/^[A-Za-z0-9_-]{1,128}$/.test(target),
  },
  {
    id: 'restricted-calls',
    ours: 'otherwise',
    covers: input => {
      const restriction = restrictionOf(input);
      return restriction !== undefined && !isNarrow(restriction);
    },
  },
  {
    id: 'restricted-calls',
    ours: 'accepted',
    covers: input => {
      const restriction = restrictionOf(input);
      return restriction !== undefined && isNarrow(restriction);
    },
  },
  {
    id: 'stored-service-credentials',
    ours: 'refused',
    as: ['AUTH_DELEGATION_NOT_ALLOWED'],
    covers: ({ holder, stored }) => stored !== undefined && isService(holder),
  },
  {
    id: 'uip-is-a-text',
    ours: 'refused',
    as: ['AUTH_CLAIM_INVALID'],
    covers: input => {
      const change = uipOf(input);
      return (
        change !== undefined &&
        'json' in change &&
        change.json !== null &&
        !isBase64url(JSON.parse(change.json))
      );
    },
  },
  {
    id: 'refusals-are-401',
    ours: 'otherwise',
    as: ['AuthenticationError'],
    covers: ({ holder, stored }) => holder.who === 'token' && stored === 'without token',
  },
];
