import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { readToken } from './authority/signedToken';
import {
  INVALID_LIMITED_USER_TOKEN,
  INVALID_SERVICE_TOKEN,
  INVALID_USER_TOKEN,
  mockTokenPrefixes,
  NONE_TOKEN,
  SERVICE_TOKEN,
  USER_TOKEN,
} from './mockTokens';

const known = [
  `mockCredentials.user.token() gives ${USER_TOKEN} or ${mockTokenPrefixes.user}{"sub":"user:default/jane"}`,
  `mockCredentials.limitedUser.token() gives ${mockTokenPrefixes.limitedUser}{"sub":"user:default/jane"}`,
  `mockCredentials.service.token() gives ${SERVICE_TOKEN} or ${mockTokenPrefixes.service}{"sub":"plugin:todo","target":"catalog"}`,
  `those that are made to be refused are ${INVALID_USER_TOKEN}, ${INVALID_LIMITED_USER_TOKEN} and ${INVALID_SERVICE_TOKEN}`,
  `${NONE_TOKEN} is for mockServices.httpAuth alone`,
].join('; ');

/** No secret has fewer characters: the configuration of static tokens sees to it. */
const shortestSecret = 8;

/**
 * Makes the refusal of a token that is none of the mock tokens. The reason says which exist, and for a
 * mock token that is misspelt the message too. Neither shows what may be a real token.
 */
export function unknownMockToken(token: string): Error {
  const isMisspelt = /^mock/i.test(token);
  const isShown = isMisspelt || token.length < shortestSecret;
  const shown = isShown ? token : `<${kindOf(token)}, not shown>`;
  const advice = adviceFor(token, isShown);
  return createAuthError(
    'AUTH_TOKEN_TYPE_UNKNOWN',
    `expected a mock token, found ${isShown ? quote(token) : kindOf(token)}${advice}; of mock tokens, ${known}`,
    {
      message:
        `Unknown mock token '${shown}'` + advice + (isMisspelt ? `; of mock tokens, ${known}` : ''),
    },
  );
}

function kindOf(token: string): string {
  return readToken(token) ? 'a signed token' : `a text of ${token.length} characters`;
}

function adviceFor(token: string, isShown: boolean): string {
  if (/^bearer\b/i.test(token)) return '; pass the token alone, without "Bearer"';
  if (isShown) return '';
  return '; the mocks know no other tokens than their own, signed ones are for createAuthBackend and createTestAuthority';
}
