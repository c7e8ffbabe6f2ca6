import fc from 'fast-check';
import type { BaseName, Change, SegmentChange, TextChange, TokenInput } from './tokenInputs';
import { NOW_SECONDS } from './worlds';

/** Inputs of one sort, and the branch that nearly all of them reach. */
export interface Scenario<TInput> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<TInput>;
  /** Of the tally, without the kind in front; undefined for a scenario that goes everywhere. */
  readonly branch: string | undefined;
  readonly runs: number;
  /** Inputs that are given in any case, and counted among the runs. */
  readonly examples?: readonly TInput[];
}

/** More than the 200 that must reach the branch, since what does not matter is generated too. */
export const RUNS = 210;

const json = JSON.stringify;

/** Sets a member, of any JSON text, or leaves it out. */
export const set = (part: 'header' | 'claims', name: string, text: string | null): Change => ({
  in: part,
  name,
  json: text,
});

/** Sets a claim to one of some values. */
export const claim = (name: string, ...values: unknown[]): fc.Arbitrary<Change[]> =>
  fc.constantFrom(...values).map(value => [set('claims', name, json(value) ?? null)]);

/** Sets a header parameter to one of some values. */
export const header = (name: string, ...values: unknown[]): fc.Arbitrary<Change[]> =>
  fc.constantFrom(...values).map(value => [set('header', name, json(value) ?? null)]);

/** Several sorts of changes, all of them. */
export const both = (...parts: Array<fc.Arbitrary<Change[]>>): fc.Arbitrary<Change[]> =>
  fc.tuple(...parts).map(changes => changes.flat());

/** A number of seconds around now. */
export const seconds = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: NOW_SECONDS + min, max: NOW_SECONDS + max });

/** Sets a time to one in a range of seconds around now. */
export const time = (name: string, min: number, max: number): fc.Arbitrary<Change[]> =>
  seconds(min, max).map(value => [set('claims', name, json(value))]);

/** Sets a time to a fraction of a second. */
export const fraction = (name: string, min: number, max: number): fc.Arbitrary<Change[]> =>
  fc
    .tuple(seconds(min, max), fc.integer({ min: 1, max: 9 }))
    .map(([value, tenths]) => [set('claims', name, `${value}.${tenths}`)]);

/** Signs with another key, and says so in the header. */
export const signed = (signer: string, alg?: string, kid?: string): fc.Arbitrary<Change[]> =>
  fc.constant([
    { signer },
    ...(alg === undefined ? [] : [set('header', 'alg', json(alg))]),
    ...(kid === undefined ? [] : [set('header', 'kid', json(kid))]),
  ]);

/** What makes no difference to anybody. */
export const harmless: fc.Arbitrary<Change> = fc.oneof(
  fc
    .constantFrom<TextChange>('spaces', 'escapes', 'reversed', 'nested')
    .chain(as => fc.constantFrom('header', 'claims').map(text => ({ text, as }) as Change)),
  fc.jsonValue({ maxDepth: 2 }).map(value => set('claims', 'x', json(value))),
  fc.string({ maxLength: 10 }).map(value => set('header', 'jku', json(value))),
  fc.string({ maxLength: 10 }).map(value => set('claims', 'jti', json(value))),
  seconds(-7200, -61).map(value => set('claims', 'iat', json(value))),
  seconds(1, 7200).map(value => set('claims', 'exp', json(value))),
  seconds(-7200, 0).map(value => set('claims', 'nbf', json(value))),
);

const text = (...styles: TextChange[]): fc.Arbitrary<Change[]> =>
  fc
    .tuple(fc.constantFrom('header', 'claims'), fc.constantFrom(...styles))
    .map(([part, as]) => [{ text: part, as } as Change]);

const segment = (
  indexes: ReadonlyArray<0 | 1 | 2>,
  ...styles: SegmentChange[]
): fc.Arbitrary<Change[]> =>
  fc
    .tuple(fc.constantFrom(...indexes), fc.constantFrom(...styles))
    .map(([index, as]) => [{ segment: index, as } as Change]);

/** One character of the finished token, any of them, is replaced. */
export const replaced: fc.Arbitrary<Change[]> = fc
  .tuple(fc.nat(1_000), fc.constantFrom(...'AZaz09-_.=+/ !\u00e4'))
  .map(([at, put]) => [{ at, put }]);

/** Makes scenarios of one kind of token. */
export function scenariosOf(bases: readonly BaseName[], obo?: TokenInput['obo']) {
  const toInputs = (changes: fc.Arbitrary<Change[]>): fc.Arbitrary<TokenInput> =>
    fc
      .record({
        base: fc.constantFrom(...bases),
        changes: fc.tuple(fc.array(harmless, { maxLength: 2 }), changes).map(parts => parts.flat()),
        limited: fc.boolean(),
      })
      .map(input => (obo ? { ...input, obo } : input));
  return (
    name: string,
    branch: string | undefined,
    changes: fc.Arbitrary<Change[]>,
    runs = branch === undefined ? 80 : RUNS,
  ): Scenario<TokenInput> => ({ name, branch, inputs: toInputs(changes), runs });
}

/** Every position of a token, one after the other, holds another character. */
export function eachCharacter(
  bases: readonly BaseName[],
  length: number,
  more: Partial<TokenInput> = {},
): Scenario<TokenInput> {
  const examples = bases.flatMap(base =>
    Array.from({ length }, (_, at): TokenInput => ({ base, changes: [{ at, put: 'A' }], ...more })),
  );
  return {
    name: 'each character in turn',
    branch: undefined,
    inputs: fc.constantFrom(...examples),
    runs: examples.length,
    examples,
  };
}

type Make = ReturnType<typeof scenariosOf>;

/** What can be said of every token that somebody signs. */
export function formScenarios(make: Make): Scenario<TokenInput>[] {
  return [
    make('nothing that matters', 'accepted', fc.array(harmless, { maxLength: 4 }), 8 * RUNS),
    make(
      'written in another way',
      'documented canonical-base64url',
      segment([0, 1, 2], 'padding', 'white space', 'foreign character'),
    ),
    make('stray bits', undefined, segment([0, 1, 2], 'stray bits', 'standard alphabet')),
    make(
      'JSON that can be read twice',
      'documented strict-json',
      text('byte order mark', 'broken UTF-8', 'duplicate', 'nested duplicate', 'nested deeply'),
      2 * RUNS,
    ),
    make('not an object', undefined, text('a list', 'cut off')),
    make(
      'critical parameters',
      'documented critical-headers',
      fc.oneof(
        header('b64', true, false, 1),
        both(header('crit', ['b64']), header('b64', true)),
        header('urn:stagepass:access-restrictions', { receiver: {} }, {}, null),
      ),
    ),
    make(
      'unknown critical parameters',
      undefined,
      header('crit', [], ['x'], ['exp'], 'b64', null, ['b64']),
    ),
    make('a broken signature', undefined, segment([2], 'empty', 'cut off', 'flipped')),
    make(
      'too long',
      'documented token-length',
      fc
        .integer({ min: 24_700, max: 26_000 })
        .map(length => [set('claims', 'x', json('x'.repeat(length)))]),
    ),
    make(
      'nearly too long',
      'accepted',
      fc
        .integer({ min: 22_000, max: 24_000 })
        .map(length => [set('claims', 'x', json('x'.repeat(length)))]),
    ),
    make('another character', undefined, replaced, 2 * RUNS),
  ];
}

/** Times of a token. `refused`: how a refusal for its times is counted, if not by the code. */
export function timeScenarios(make: Make, refused?: string): Scenario<TokenInput>[] {
  return [
    make(
      'expired',
      refused ?? 'refused AUTH_TOKEN_EXPIRED',
      both(time('iat', -7200, -3601), time('exp', -3600, 0)),
    ),
    make('without exp', undefined, claim('exp', undefined, null, '1', [1], {})),
    make(
      'from the future',
      'documented iat-in-the-past',
      both(time('iat', 61, 3000), time('exp', 3001, 4000)),
    ),
    make('from a minute ahead', 'accepted', both(time('iat', 1, 60), time('exp', 61, 4000))),
    make(
      'expired before it was issued',
      'documented exp-after-iat',
      both(time('iat', 31, 60), time('exp', 1, 30)),
    ),
    make('valid soon', 'documented nbf-skew', time('nbf', 1, 60)),
    make('valid later', refused ?? 'refused AUTH_TOKEN_NOT_YET_VALID', time('nbf', 61, 9000)),
    make(
      'odd dates',
      undefined,
      fc.oneof(claim('nbf', null, '1', [], true), claim('iat', null, '1', [], true)),
    ),
  ];
}

/** Any of the changes of all scenarios together. */
export function mixOf(
  make: Make,
  scenarios: readonly Scenario<TokenInput>[],
  runs: number,
): Scenario<TokenInput> {
  const changes = fc
    .array(fc.oneof(...scenarios.map(({ inputs }) => inputs.map(input => input.changes))), {
      maxLength: 3,
    })
    .map(lists => lists.flat() as Change[]);
  return make('anything at once', undefined, changes, runs);
}
