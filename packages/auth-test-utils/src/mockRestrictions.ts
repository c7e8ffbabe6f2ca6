import type { BackstagePrincipalAccessRestrictions } from '@stagepass/auth-node';
import { createAuthError, type CredentialsView, quote } from '@stagepass/auth-node/internal';
import type { MockRestrictions } from './mockTokens';

const EVERY_PLUGIN = '*';
const actions: readonly unknown[] = ['create', 'read', 'update', 'delete'];

/** Returns what may be done in one plugin; undefined when nothing may be done there. */
export function restrictionsFor(
  all: MockRestrictions,
  pluginId: string,
): BackstagePrincipalAccessRestrictions | undefined {
  return Object.hasOwn(all, pluginId) ? all[pluginId] : all[EVERY_PLUGIN];
}

/**
 * Returns the restrictions of a service in every plugin. Those of `mockCredentials.service` hold in every
 * plugin, unless the credentials say more.
 */
export function restrictionsOf(
  credentials: Pick<CredentialsView, 'principal' | 'allAccessRestrictions'>,
): MockRestrictions | undefined {
  const { principal, allAccessRestrictions } = credentials;
  if (allAccessRestrictions) return Object.fromEntries(allAccessRestrictions);
  const own = 'accessRestrictions' in principal ? principal.accessRestrictions : undefined;
  return own && { [EVERY_PLUGIN]: own };
}

/** Returns those to name at a service by plugin; none where what holds in one holds in every plugin. */
export function namedRestrictions(all: MockRestrictions): MockRestrictions | undefined {
  return Object.hasOwn(all, EVERY_PLUGIN) ? undefined : all;
}

/**
 * Requires that a call may be passed on to a plugin for a service, as the real service does.
 *
 * @param storedAccepted - credentials that come out of JSON are taken at their word
 * @throws NotAllowedError `AUTH_DELEGATION_NOT_ALLOWED`
 */
export function requireDelegable(
  credentials: CredentialsView,
  targetPluginId: string,
  storedAccepted: boolean,
): void {
  if (credentials.revived && !storedAccepted) {
    throw createAuthError(
      'AUTH_DELEGATION_NOT_ALLOWED',
      'service credentials that come out of JSON prove nothing; use getOwnServiceCredentials, or the credentials of the request, ' +
        'or make the mock with dangerouslyAllowStoredServiceCredentials',
    );
  }
  const all = restrictionsOf(credentials);
  if (!all) return;
  // What stored credentials say of restrictions is only a part.
  if (!credentials.revived && restrictionsFor(all, targetPluginId)) return;
  const { subject } = credentials.principal as { subject?: unknown };
  throw createAuthError(
    'AUTH_DELEGATION_NOT_ALLOWED',
    `the access restrictions of ${quote(subject)} do not include the plugin ${quote(targetPluginId)}`,
  );
}

/** Reads restrictions by plugin id; undefined when the value is something else. */
export function readRestrictions(value: unknown): MockRestrictions | undefined {
  if (!isObject(value)) return undefined;
  return Object.values(value).every(isEntry) ? (value as MockRestrictions) : undefined;
}

function isEntry(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { permissionNames: names, permissionAttributes: attributes, ...rest } = value;
  return (
    Object.keys(rest).length === 0 &&
    (names === undefined || isListOf(names, name => typeof name === 'string' && name !== '')) &&
    (attributes === undefined || isAttributes(attributes))
  );
}

function isAttributes(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { action, ...rest } = value;
  return (
    Object.keys(rest).length === 0 &&
    (action === undefined || isListOf(action, one => actions.includes(one)))
  );
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isOne);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
