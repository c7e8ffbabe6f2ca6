import type { AuthRequest } from '@stagepass/auth-node';
import { headerValues } from './requestHeaders';

/**
 * Returns every value that a request carries for one cookie, in the order received and exactly as
 * received: without decoding, unquoting, or a choice between them (RFC 6265 section 4.2). Empty values,
 * as a cleared cookie may leave them, are left out.
 */
export function cookieValues(request: AuthRequest, name: string): string[] {
  const values: string[] = [];
  for (const header of headerValues(request, 'cookie')) {
    for (const pair of header.split(';')) {
      const separator = pair.indexOf('=');
      if (separator === -1 || trimBlanks(pair.slice(0, separator)) !== name) continue;
      const value = trimBlanks(pair.slice(separator + 1));
      if (value !== '') values.push(value);
    }
  }
  return values;
}

/**
 * Removes spaces and tabs at both ends: not `trim`, which would make `name` of a name that ends in a
 * no-break space, and not `/[ \t]+$/`, which takes quadratic time.
 */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
