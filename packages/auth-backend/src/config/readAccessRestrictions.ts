import type {
  AccessRestrictionsMap,
  BackstagePrincipalAccessRestrictions,
} from '@stagepass/auth-node';
import { actions } from '../tokens/accessRestrictions';
import { isPluginId } from '../tokens/plugin/pluginId';
import type { ConfigValue } from './ConfigValue';

/** Reads the `accessRestrictions` of an external access entry: each plugin once, at least one. */
export function readAccessRestrictions(value: ConfigValue): AccessRestrictionsMap {
  const restrictions: AccessRestrictionsMap = new Map();
  for (const entry of value.list({ nonEmpty: true })) {
    const { plugin, permission, permissionAttribute } = entry.members(
      'plugin',
      'permission',
      'permissionAttribute',
    );
    const pluginId = plugin.string();
    if (!isPluginId(pluginId)) throw plugin.invalid('a plugin id');
    if (restrictions.has(pluginId)) throw plugin.invalid('each plugin once');
    const permissionNames = permission.ifPresent(names => names.strings());
    const permissionAttributes = permissionAttribute.ifPresent(readAttributes);
    restrictions.set(pluginId, {
      ...(permissionNames && { permissionNames }),
      ...(permissionAttributes && { permissionAttributes }),
    });
  }
  return restrictions;
}

function readAttributes(
  value: ConfigValue,
): BackstagePrincipalAccessRestrictions['permissionAttributes'] {
  const { action } = value.members('action');
  const names = action.strings();
  const unknown = names.find(name => !(actions as readonly string[]).includes(name));
  if (unknown !== undefined) throw action.invalid(`some of ${actions.join(', ')}`);
  return { action: names as Array<(typeof actions)[number]> };
}
