import type { JsonObject } from '@backstage/types';

/** How deep objects and lists may stand in each other; deeper, printing or copying would run out of stack. */
const MAX_DEPTH = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses the JSON object in a token segment: UTF-8 without a byte order mark (RFC 8259 section 8.1),
 * without duplicate members at any depth, since readers of duplicates disagree on which one counts
 * (RFC 7515 section 4, RFC 7519 section 4), and at most 100 levels deep.
 *
 * @returns the object, or a text that says what is wrong with the bytes
 */
export function parseJsonObject(bytes: Uint8Array): JsonObject | string {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
  } catch {
    return 'is not UTF-8';
  }
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'is not a JSON object';
  }
  return isPlain(text, value)
    ? (value as JsonObject)
    : (whyAmbiguous(text) ?? (value as JsonObject));
}

/**
 * Tells at sight of most tokens that nothing is ambiguous: nothing stands in anything but texts and numbers in a list,
 * and there are no more quotes than the members need that were read, so that none was lost in reading.
 */
function isPlain(text: string, value: object): boolean {
  // Without escapes each quote begins or ends a text.
  if (text.includes('\\') || text.includes('{', 1)) return false;
  let texts = 0;
  for (const member of Object.values(value) as unknown[]) {
    // Its name.
    texts += 1;
    if (typeof member === 'string') texts += 1;
    if (!Array.isArray(member)) continue;
    for (const item of member as unknown[]) {
      if (Array.isArray(item)) return false;
      if (typeof item === 'string') texts += 1;
    }
  }
  return countQuotes(text) === 2 * texts;
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}

/** Scans valid JSON text for an object that names a member twice, in whatever spelling, and for depth. */
function whyAmbiguous(json: string): string | undefined {
  // The member names of each structure that is open at this point; undefined for an array.
  const open: Array<Set<string> | undefined> = [];
  let expectsName = false;
  for (let at = 0; at < json.length; at += 1) {
    if (open.length > MAX_DEPTH) return 'is nested too deeply';
    switch (json[at]) {
      case '{':
        open.push(new Set());
        expectsName = true;
        break;
      case '[':
        open.push(undefined);
        expectsName = false;
        break;
      case '}':
      case ']':
        open.pop();
        expectsName = false;
        break;
      case ',':
        expectsName = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(json, at);
        const names = open.at(-1);
        if (expectsName && names) {
          const name = readName(json, at, end);
          if (names.has(name)) return 'has duplicate members';
          names.add(name);
          expectsName = false;
        }
        at = end;
        break;
      }
      default:
    }
  }
  return undefined;
}

function endOfString(json: string, start: number): number {
  const end = json.indexOf('"', start + 1);
  // No further than the string: what is looked through to the end for each string takes quadratic time.
  if (!json.slice(start + 1, end).includes('\\')) return end;
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

function readName(json: string, start: number, end: number): string {
  const name = json.slice(start + 1, end);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}
