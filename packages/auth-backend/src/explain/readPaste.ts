import type { TokenExplanation } from './TokenExplanation';

/** A text, taken apart into the token and what stood around it. */
export interface Paste {
  readonly token: string;
  readonly pasted?: NonNullable<TokenExplanation['pasted']>;
}

/**
 * Something that is written like a signed or an encrypted token; the first segment is a JSON object's. It begins where
 * no such character stands before, so that a long text is not tried from each of its characters.
 */
const COMPACT = /(?<![\w-])e[wy][\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*){1,3}/g;

/** A header without its name. */
const SCHEME = /^(bearer|basic|token|digest)\b[:\s]*\s/i;

/**
 * Finds the token in what somebody copied: a whole `Authorization` header, a cookie, a token in quotes or
 * with line breaks. A text without white space that could be a token itself is left as it is.
 */
export function readPaste(text: string): Paste {
  const trimmed = text.trim();
  const header = /^(?:proxy-)?authorization\s*:\s*(.*)$/is.exec(trimmed)?.[1];
  if (header !== undefined) return readAuthorization(header);
  const cookies = /^(?:set-)?cookie\s*:\s*(.*)$/is.exec(trimmed)?.[1];
  if (cookies !== undefined) return readCookies(cookies) ?? { token: text };
  if (SCHEME.test(trimmed)) return readAuthorization(trimmed);
  return readCookies(trimmed) ?? readLoose(text, trimmed);
}

function readAuthorization(value: string): Paste {
  const as = 'Authorization header';
  const [, scheme = '', rest = ''] = /^([A-Za-z][A-Za-z0-9-]*)(?:\s+|:)(.*)$/s.exec(value) ?? [];
  if (scheme === '') {
    const problem = 'expected "Bearer", a space and the token, found one word';
    return { token: value, pasted: { as, problem } };
  }
  const repeated = /^\s*(?:bearer\s+)+/i.exec(rest)?.[0] ?? '';
  const presented = rest.slice(repeated.length).trim();
  const found = readLoose(presented, presented);
  const problems = [
    ...(scheme.toLowerCase() === 'bearer' ? [] : [whyNotBearer(scheme)]),
    ...(repeated ? ['it says "Bearer" twice'] : []),
    ...(value.startsWith(`${scheme}:`)
      ? ['a colon stands behind the scheme, expected a space']
      : []),
    ...(/^\S+ *[\t\r\n]/.test(value)
      ? ['expected spaces behind the scheme, found other white space']
      : []),
    ...(found.pasted?.problem ? [found.pasted.problem] : []),
  ];
  const pasted = { as, ...(problems.length > 0 && { problem: problems.join('; ') }) } as const;
  return { token: found.token, pasted };
}

/** Only a scheme that everybody knows is named: another word can be part of a secret. */
function whyNotBearer(scheme: string): string {
  const isKnown = /^(api-?key|basic|digest|jwt|negotiate|oauth|token)$/i.test(scheme);
  return `its scheme is ${isKnown ? `"${scheme}"` : 'another one'}, expected "Bearer"`;
}

/** Finds the one cookie, of whatever name, that holds a token. */
function readCookies(text: string): Paste | undefined {
  const values = text.split(';').flatMap(pair => {
    const [, name = '', value = ''] = /^\s*([\w.-]+)=(\S+)\s*$/.exec(pair) ?? [];
    const token = unquote(value);
    return name !== '' && wholeToken(token) ? [token] : [];
  });
  const [token, ...others] = new Set(values);
  if (token === undefined) return undefined;
  const problem =
    others.length > 0
      ? `it holds ${others.length + 1} different tokens; this is the first`
      : undefined;
  return { token, pasted: { as: 'cookie', ...(problem && { problem }) } };
}

function readLoose(text: string, trimmed: string): Paste {
  const loose = (token: string, problem: string): Paste => ({
    token,
    pasted: { as: 'text around a token', problem },
  });
  const bare = unquote(trimmed);
  if (bare !== trimmed && bare !== '') return loose(bare, 'quotation marks stand around the token');
  if (!/\s/.test(trimmed)) {
    return trimmed === text || trimmed === ''
      ? { token: text }
      : loose(trimmed, 'white space stands around the token');
  }
  const lines = trimmed.split(/[\r\n]+/).map(line => line.trim());
  const joined = lines.join('');
  if (wholeToken(joined) && joined.split('.').length === 3) {
    return loose(joined, 'the token is broken into lines');
  }
  const [token, ...others] = new Set(trimmed.match(COMPACT) ?? []);
  if (token === undefined) return { token: text };
  const which = others.length > 0 ? `; there are ${others.length} more in it` : '';
  return loose(token, `other text stands around the token${which}`);
}

function wholeToken(text: string): boolean {
  return text !== '' && text.match(COMPACT)?.[0] === text;
}

function unquote(text: string): string {
  return /^(["'`])(.*)\1$/s.exec(text)?.[2] ?? text;
}
