const MAX_PLUGIN_ID_LENGTH = 128;

/**
 * Tells whether a foreign value is a plugin id: letters, digits, `-` and `_`, as in Backstage. Asked before
 * an id becomes part of a URL.
 */
export function isPluginId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_PLUGIN_ID_LENGTH &&
    // Without the `i` flag: under it the Kelvin sign counts as a k in some engines' modes.
    /^[A-Za-z0-9_-]+$/.test(value)
  );
}
