import {
  copyAccessRestrictions,
  readAccessRestrictions,
  writeAccessRestrictions,
} from '../../../packages/auth-backend/src/tokens/accessRestrictions';
import { parseJsonObject } from '../../../packages/auth-backend/src/tokens/strictJson';
import { isSameJson, parseJson, promise, readTwice } from '../promises';
import type { Target } from '../Target';

/** The bytes of a JSON object. */
export const json: Target = {
  name: 'json',
  sources: ['packages/auth-backend/src/tokens/strictJson.ts'],
  dictionary: [
    '{"a":',
    '"a":1,',
    '\\u0061',
    '\\"',
    '\\\\',
    '[',
    ']',
    '}',
    '{}',
    '1e400',
    '-0',
    '__proto__',
  ],
  maxLength: 8_000,
  stepsPerByte: 60,
  check(input) {
    const outcome = readTwice(() => parseJsonObject(input), []);
    promise('value' in outcome, 'says what is wrong');
    const read = outcome.value;
    const text = input.toString('utf8');
    const isUtf8 = Buffer.from(text, 'utf8').equals(input);
    promise((read === 'is not UTF-8') === !isUtf8, 'reads UTF-8 and nothing else');
    if (!isUtf8) return;
    const value = parseJson(text);
    if (read === 'is not JSON') return promise(value === undefined, 'reads what is JSON');
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    promise((read === 'is not a JSON object') === !isObject, 'reads objects alone');
    if (!isObject || read === 'is nested too deeply') return;
    // In valid JSON each member has one colon that stands in no string.
    const written = text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
    const isAmbiguous = written !== countMembers(value);
    promise((read === 'has duplicate members') === isAmbiguous, 'reads each member once');
    if (isAmbiguous) return;
    promise(typeof read === 'object' && isSameJson(read, value), 'agrees with JSON.parse');
    promise(depthOf(read) <= 100, 'reads nothing that is too deep');
  },
};

/** The value of the header parameter with which restrictions travel. */
export const restrictions: Target = {
  name: 'restrictions',
  sources: ['packages/auth-backend/src/tokens/accessRestrictions.ts'],
  json: true,
  dictionary: [
    ...['permissionNames', 'permissionAttributes', 'action', 'create', 'read', 'update', 'delete'],
    ...['catalog', '__proto__', 'constructor', 'catalog.entity.read'],
  ],
  maxLength: 12_000,
  stepsPerByte: 40,
  check(input) {
    const value = parseJsonObject(input);
    if (typeof value === 'string') return;
    const outcome = readTwice(() => readAccessRestrictions(value), []);
    promise('value' in outcome, 'says what is wrong');
    const read = outcome.value;
    if (typeof read === 'string') return;
    promise(read.size > 0, 'restricts to something');
    promise(isSameJson(writeAccessRestrictions(read), value), 'passes over no restriction');
    promise(isSameJson(writeAccessRestrictions(copyAccessRestrictions(read)), value), 'copies all');
    promise(Buffer.byteLength(JSON.stringify(value)) <= 8 * 1024, 'fits into a header');
  },
};

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce<number>((sum, it) => sum + countMembers(it), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
