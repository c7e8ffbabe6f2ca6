/**
 * Returns the forms in which routers may read a request path: as received, and decoded once, as a whole or
 * but for reserved characters; each of them also without what a segment has behind a `;`, and up to the first
 * `;`, where some routers end the path. Undefined for a path that two programs could read as two different ones,
 * which therefore no policy may exempt: with dot segments, also before a `;`, empty segments other than a
 * trailing slash, encoded or backward separators, a fragment, control characters, or anything encoded twice or
 * wrongly.
 *
 * @param path - the path as received, without query; it must not have been normalised
 */
export function readRequestPath(path: string): readonly string[] | undefined {
  if (!path.startsWith('/') || path.includes('#') || /%2f/i.test(path)) return undefined;
  const decoded = decodeOnce(path);
  if (decoded === undefined || /[\\\p{Cc}]|%[0-9a-f]{2}/iu.test(decoded)) return undefined;
  const segments = withoutParameters(decoded).slice(1).split('/');
  const unsafe = segments.some(
    (segment, index) =>
      segment === '.' || segment === '..' || (segment === '' && index < segments.length - 1),
  );
  if (unsafe) return undefined;
  const forms = path.includes('%') ? [path, decodeURI(path), decoded] : [path];
  return [
    ...new Set(forms.flatMap(form => [form, form.replace(/;.*$/s, ''), withoutParameters(form)])),
  ];
}

/** Some servers drop what a segment has behind a `;` (RFC 3986 section 3.3) before they look at the path. */
function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, '');
}

function decodeOnce(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
