import type { JsonObject, JsonValue } from '@backstage/types';
import type {
  AccessRestrictionsMap,
  BackstagePrincipalAccessRestrictions,
} from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { isPluginId } from './plugin/pluginId';

/**
 * The header parameter of a plugin token with which a restricted caller's limits travel. It is always marked
 * critical (RFC 7515 section 4.1.11), so that a receiver that does not know it refuses the token.
 */
export const ACCESS_RESTRICTIONS = 'urn:stagepass:access-restrictions';

/** How large the parameter may be, in bytes of JSON: with it a token still fits into a request header. */
const MAX_BYTES = 8 * 1024;

/** The actions that a permission may have. */
export const actions = ['create', 'read', 'update', 'delete'] as const;

/** What a restricted caller may do in one plugin, and what in all. */
export interface RestrictedAccess {
  readonly accessRestrictions: BackstagePrincipalAccessRestrictions;
  readonly allAccessRestrictions: AccessRestrictionsMap;
}

/**
 * Picks what a restricted caller may do in one plugin.
 *
 * @param whyNot - the reason of the refusal where it may not use the plugin
 * @throws NotAllowedError `AUTH_ACCESS_RESTRICTED`
 */
export function restrictTo(
  pluginId: string,
  allAccessRestrictions: AccessRestrictionsMap,
  whyNot: string,
): RestrictedAccess {
  const accessRestrictions = allAccessRestrictions.get(pluginId);
  if (!accessRestrictions) throw createAuthError('AUTH_ACCESS_RESTRICTED', whyNot);
  return { accessRestrictions, allAccessRestrictions };
}

/** Copies access restrictions for one caller: who holds credentials can write into them. */
export function copyAccessRestrictions(restrictions: AccessRestrictionsMap): AccessRestrictionsMap {
  return new Map(
    Array.from(restrictions, ([pluginId, { permissionNames, permissionAttributes }]) => [
      pluginId,
      {
        ...(permissionNames && { permissionNames: [...permissionNames] }),
        ...(permissionAttributes && { permissionAttributes: copyAttributes(permissionAttributes) }),
      },
    ]),
  );
}

/** Writes access restrictions as the value of the header parameter. */
export function writeAccessRestrictions(restrictions: AccessRestrictionsMap): JsonObject {
  return JSON.parse(JSON.stringify(Object.fromEntries(restrictions))) as JsonObject;
}

/**
 * Reads access restrictions from the value of the header parameter. Nothing is passed over: a limit that is
 * not understood is not lifted.
 *
 * @returns the restrictions, or a text that says what is wrong with them
 */
export function readAccessRestrictions(value: JsonValue): AccessRestrictionsMap | string {
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_BYTES) {
    return `expected at most ${MAX_BYTES} bytes`;
  }
  if (!isObject(value)) return 'expected an object';
  const restrictions: AccessRestrictionsMap = new Map();
  for (const [pluginId, entry] of Object.entries(value)) {
    if (!isPluginId(pluginId)) return 'expected plugin ids as members';
    const read = readEntry(entry);
    if (typeof read === 'string') return read;
    restrictions.set(pluginId, read);
  }
  return restrictions.size > 0 ? restrictions : 'expected at least one plugin';
}

function readEntry(entry: JsonValue | undefined): BackstagePrincipalAccessRestrictions | string {
  if (!hasOnly(entry, 'permissionNames', 'permissionAttributes')) {
    return 'expected permissionNames and permissionAttributes alone for a plugin';
  }
  const { permissionNames, permissionAttributes } = entry;
  if (permissionNames !== undefined && !isListOfTexts(permissionNames)) {
    return 'expected permissionNames to be a list of texts';
  }
  if (permissionAttributes === undefined) return { ...(permissionNames && { permissionNames }) };
  if (!hasOnly(permissionAttributes, 'action') || !isListOfActions(permissionAttributes.action)) {
    return `expected permissionAttributes to have a list of ${actions.join(', ')} as action`;
  }
  return {
    ...(permissionNames && { permissionNames }),
    permissionAttributes: { action: permissionAttributes.action },
  };
}

function copyAttributes({
  action,
}: NonNullable<BackstagePrincipalAccessRestrictions['permissionAttributes']>) {
  return { ...(action && { action: [...action] }) };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(value: JsonValue | undefined, ...names: string[]): value is JsonObject {
  return isObject(value) && Object.keys(value).every(name => names.includes(name));
}

function isListOfTexts(value: JsonValue | undefined): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(text => typeof text === 'string' && text !== '')
  );
}

function isListOfActions(value: JsonValue | undefined): value is Array<(typeof actions)[number]> {
  return isListOfTexts(value) && value.every(text => (actions as readonly string[]).includes(text));
}
