import type { JsonValue } from '@backstage/types';
import type { ExternalEntry } from '../tokens/external/externalEntries';

/** Shorter texts would hide half of the explanation, and are nobody's secret. */
const SHORTEST = 8;

/** Deeper than any token that is accepted. */
const MAX_DEPTH = 100;

/** A run of characters of tokens; each is looked at once, since a pattern with parts to try takes quadratic time. */
const RUN = /[\w.-]+/g;

/** Returns a function that takes the given texts, and whatever looks like a token, out of a value. */
export function createHiding(
  secrets: readonly string[],
): (value: JsonValue | undefined) => JsonValue {
  const texts = secrets.filter(text => text.length >= SHORTEST);
  // The longest first: one may be part of another.
  texts.sort((a, b) => b.length - a.length);

  const hideText = (text: string) =>
    texts
      .reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text)
      .replace(RUN, run => (holdsToken(run) ? '(a token, hidden)' : run));

  const hide = (value: JsonValue | undefined, depth: number): JsonValue => {
    if (typeof value === 'string') return hideText(value);
    if (typeof value !== 'object' || value === null) return value ?? null;
    if (depth > MAX_DEPTH) return '(nested too deeply)';
    if (Array.isArray(value)) return value.map(entry => hide(entry, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [hideText(name), hide(member, depth + 1)]),
    );
  };
  return value => hide(value, 0);
}

/** Tells whether somewhere in a text stand three segments of which the first can be a JSON object's. */
function holdsToken(run: string): boolean {
  const segments = run.split('.');
  return segments.some((first, index) => {
    const start = first.search(/e[wy]/);
    const [second = '', third = ''] = segments.slice(index + 1, index + 3);
    return start >= 0 && first.length - start >= 10 && second.length >= 10 && third.length >= 10;
  });
}

/** Lists what of the configuration must not be told: tokens, secrets, queries of URLs, options of others. */
export function secretsOf(entries: readonly ExternalEntry[]): string[] {
  return entries.flatMap(entry => {
    if (entry.type === 'static') return [entry.token];
    if (entry.type === 'jwks') return [new URL(entry.url).search.slice(1)];
    if (entry.type === 'custom') return textsIn(entry.options);
    const base64 = entry.secret.toString('base64').replace(/=+$/, '');
    return [base64, entry.secret.toString('base64url'), entry.secret.toString('utf8')];
  });
}

function textsIn(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Lists what of a token must not be told: itself, its signature, and the tokens and proofs in its claims. */
export function secretsIn(token: string, claims: { uip?: unknown; obo?: unknown } = {}): string[] {
  const carried = [claims.uip, claims.obo].filter(text => typeof text === 'string');
  return [token, ...carried].flatMap(text => [text, text.slice(text.lastIndexOf('.') + 1)]);
}
