import type { Keys } from './keys';
import { NOW_SECONDS, parties, staticTokens } from './worlds';

/** One change to a good token, small enough to be read in a report. Member values are JSON text. */
export type Change =
  | { readonly in: Part; readonly name: string; readonly json: string | null }
  | { readonly text: Part; readonly as: TextChange }
  | { readonly segment: 0 | 1 | 2; readonly as: SegmentChange }
  | { readonly signer: string }
  | { readonly at: number; readonly put: string };

type Part = 'header' | 'claims';

/** How the JSON text of a part is written, before it is signed. */
export type TextChange =
  | 'spaces'
  | 'escapes'
  | 'reversed'
  | 'nested'
  | 'nested deeply'
  | 'byte order mark'
  | 'broken UTF-8'
  | 'duplicate'
  | 'nested duplicate'
  | 'a list'
  | 'cut off';

/** How a segment is written: the first two are signed like that, the third is the signature. */
export type SegmentChange =
  | 'padding'
  | 'standard alphabet'
  | 'white space'
  | 'stray bits'
  | 'foreign character'
  | 'empty'
  | 'cut off'
  | 'flipped';

/** A token as it is generated: a good one, and what is changed about it. */
export interface TokenInput {
  readonly base: BaseName;
  readonly changes: readonly Change[];
  /** The token that stands in `obo`. */
  readonly obo?: { readonly base: BaseName; readonly changes: readonly Change[] };
  /** Limited access is allowed. */
  readonly limited?: boolean;
}

interface Base {
  readonly signer: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const iat = NOW_SECONDS - 60;
const exp = NOW_SECONDS + 3540;
const JANE = 'user:default/jane';
const plugin = {
  signer: 'caller',
  header: { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'caller-1' },
  claims: { sub: 'caller', aud: 'receiver', iat, exp },
};
const user = {
  signer: 'user',
  header: { typ: 'vnd.backstage.user', alg: 'ES256', kid: 'user-1' },
  claims: { iss: 'https://x/api/auth', sub: JANE, aud: 'backstage', iat, exp, uip: 'cHJvb2Y' },
};
const external = {
  signer: 'idp',
  header: { alg: 'ES256', kid: 'idp-1' },
  claims: { iss: parties.issuer, aud: parties.audience, sub: 'somebody', iat, exp },
};

/** Good tokens of every kind, as they are on the wire. */
export const bases = {
  plugin,
  solo: {
    ...plugin,
    signer: 'solo',
    header: { ...plugin.header, kid: 'solo-1' },
    claims: { ...plugin.claims, sub: 'solo' },
  },
  user,
  limited: {
    signer: 'user',
    header: { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: 'user-1' },
    claims: { sub: JANE, iat, exp },
  },
  untyped: { ...user, header: { alg: 'ES256', kid: 'user-1' } },
  legacy: {
    signer: 'secret',
    header: { alg: 'HS256' },
    claims: { sub: 'backstage-server', exp },
  },
  jwks: external,
  prefixed: { ...external, signer: 'prefixed', header: { alg: 'ES256', kid: 'prefixed-1' } },
  open: { ...external, signer: 'open', header: { alg: 'ES256', kid: 'open-1' } },
} as const satisfies Record<string, Base>;

/** A good token of this kind, or a configured text. */
export type BaseName = keyof typeof bases | keyof typeof staticTokens;

/** Writes and signs the token of an input. */
export function buildToken(keys: Keys, { base, changes, obo }: TokenInput): string {
  if (base in staticTokens) {
    return changes.reduce(putCharacter, staticTokens[base as keyof typeof staticTokens]);
  }
  const { signer, header, claims } = bases[base as keyof typeof bases];
  const members = { header: textsOf(header), claims: textsOf(claims) };
  if (obo) members.claims.set('obo', JSON.stringify(buildToken(keys, obo)));
  let name: string = signer;
  for (const change of changes) {
    if ('signer' in change) name = change.signer;
    if (!('in' in change)) continue;
    if (change.json === null) members[change.in].delete(change.name);
    else members[change.in].set(change.name, change.json);
  }
  const segments = (['header', 'claims'] as const).map((part, index) =>
    changes.reduce(
      (segment, change) =>
        'segment' in change && change.segment === index
          ? writeSegment(segment, change.as)
          : segment,
      writePart(members[part], part, changes).toString('base64url'),
    ),
  );
  const signature = keys[name]!.sign(segments.join('.')).toString('base64url');
  segments.push(
    changes.reduce(
      (segment, change) =>
        'segment' in change && change.segment === 2 ? writeSegment(segment, change.as) : segment,
      signature,
    ),
  );
  return changes.reduce(putCharacter, segments.join('.'));
}

function textsOf(members: Readonly<Record<string, unknown>>): Map<string, string> {
  return new Map(Object.entries(members).map(([name, value]) => [name, JSON.stringify(value)]));
}

function writePart(members: Map<string, string>, part: Part, changes: readonly Change[]): Buffer {
  const all = new Map(members);
  const styles = changes.flatMap(change =>
    'text' in change && change.text === part ? [change.as] : [],
  );
  const has = (style: TextChange) => styles.includes(style);
  if (has('nested')) all.set('x', nested(99));
  if (has('nested deeply')) all.set('x', nested(100));
  if (has('nested duplicate')) all.set('x', '[{"a":1,"a":1}]');
  if (has('broken UTF-8')) all.set('x', '"\u0000broken"');
  const entries = [...all].map(([name, json]) => {
    const written = has('escapes')
      ? `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${JSON.stringify(name.slice(1)).slice(1)}`
      : JSON.stringify(name);
    return has('spaces') ? `\n ${written} :\t${json} ` : `${written}:${json}`;
  });
  if (has('reversed')) entries.reverse();
  if (has('duplicate') && entries[0] !== undefined) entries.push(entries[0]);
  let text = `{${entries.join(',')}}`;
  if (has('a list')) text = `[${text}]`;
  if (has('cut off')) text = text.slice(0, -1);
  if (has('byte order mark')) text = `\uFEFF${text}`;
  const bytes = Buffer.from(text);
  if (has('broken UTF-8')) bytes[bytes.indexOf(0)] = 0xff;
  return bytes;
}

/** A list in a list and so on; with the object around it one level more. */
function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

function writeSegment(segment: string, as: SegmentChange): string {
  switch (as) {
    case 'padding':
      return `${segment}=`;
    case 'standard alphabet':
      return segment.replaceAll('-', '+').replaceAll('_', '/');
    case 'white space':
      return `${segment.slice(0, 5)}\n${segment.slice(5)}`;
    case 'stray bits':
      return strayBits(segment);
    case 'foreign character':
      return `${segment.slice(0, 3)}!${segment.slice(3)}`;
    case 'empty':
      return '';
    case 'cut off':
      return segment.slice(0, -3);
    case 'flipped':
      return `${segment.startsWith('A') ? 'B' : 'A'}${segment.slice(1)}`;
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Sets a bit of the last character that carries no data, if there is one. */
function strayBits(segment: string): string {
  const last = alphabet.indexOf(segment.slice(-1));
  return segment.length % 4 === 0 || segment === ''
    ? segment
    : `${segment.slice(0, -1)}${alphabet[last ^ 1]}`;
}

function putCharacter(token: string, change: Change): string {
  if (!('at' in change) || token === '') return token;
  const at = change.at % token.length;
  return `${token.slice(0, at)}${change.put}${token.slice(at + 1)}`;
}
