/** The claims of a plugin token. */
export interface PluginClaims {
  readonly sub: string;
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly obo: string | undefined;
}

/** What holds nothing that JSON escapes: ids and tokens, but for those that a decorator makes up. */
const PLAIN = /^[\w.-]*$/;

/** Writes claims as `JSON.stringify` does, which takes 1 µs more where they hold a token: a 25th of a signature. */
export function writePluginClaims(claims: PluginClaims): string {
  const { sub, aud, iat, exp, obo } = claims;
  const isPlain =
    Number.isFinite(iat + exp) &&
    PLAIN.test(sub) &&
    PLAIN.test(aud) &&
    (obo === undefined || PLAIN.test(obo));
  if (!isPlain) return JSON.stringify(claims);
  const user = obo === undefined ? '' : `,"obo":"${obo}"`;
  return `{"sub":"${sub}","aud":"${aud}","iat":${iat},"exp":${exp}${user}}`;
}
