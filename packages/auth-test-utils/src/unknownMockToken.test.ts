import { inspect } from 'node:util';
import { createAuthError } from '@stagepass/auth-node/internal';
import { MockAuthService } from './MockAuthService';

const KNOWN =
  'of mock tokens, mockCredentials.user.token() gives mock-user-token or mock-user-token:{"sub":"user:default/jane"}; ' +
  'mockCredentials.limitedUser.token() gives mock-limited-user-token:{"sub":"user:default/jane"}; ' +
  'mockCredentials.service.token() gives mock-service-token or mock-service-token:{"sub":"plugin:todo","target":"catalog"}; ' +
  'those that are made to be refused are mock-invalid-user-token, mock-invalid-limited-user-token and mock-invalid-service-token; ' +
  'mock-none-token is for mockServices.httpAuth alone';
const SIGNED = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyOmRlZmF1bHQvamFuZSJ9.c2lnbmF0dXJl';
const OTHERS =
  '; the mocks know no other tokens than their own, signed ones are for createAuthBackend and createTestAuthority';

const refusalOf = (token: string) =>
  new MockAuthService().authenticate(token).then(
    () => createAuthError('AUTH_CONFIG_INVALID', 'nothing was refused'),
    (error: unknown) => error as ReturnType<typeof createAuthError>,
  );

describe('the refusal of an unknown mock token', () => {
  it.each([
    ['mock-usr-token', `Unknown mock token 'mock-usr-token'; ${KNOWN}`],
    ['mock-none-token', `Unknown mock token 'mock-none-token'; ${KNOWN}`],
    ['MOCK-USER-TOKEN', `Unknown mock token 'MOCK-USER-TOKEN'; ${KNOWN}`],
    ['abc', "Unknown mock token 'abc'"],
    ['a.b.c', "Unknown mock token 'a.b.c'"],
    ['1234567', "Unknown mock token '1234567'"],
    ['12345678', `Unknown mock token '<a text of 8 characters, not shown>'${OTHERS}`],
    ['the bearer is jane', `Unknown mock token '<a text of 18 characters, not shown>'${OTHERS}`],
    [SIGNED, `Unknown mock token '<a signed token, not shown>'${OTHERS}`],
    [
      'Bearer mock-user-token',
      `Unknown mock token '<a text of 22 characters, not shown>'; pass the token alone, without "Bearer"`,
    ],
  ])('says of %s', async (token, message) => {
    const error = await refusalOf(token);
    expect(error).toMatchObject({ name: 'AuthenticationError', code: 'AUTH_TOKEN_TYPE_UNKNOWN' });
    expect(error.message).toBe(message);
    expect(error.reason).toContain(KNOWN);
  });

  it.each([SIGNED, 'a-static-secret', `Bearer ${SIGNED}`])(
    'shows nowhere what may be a real token: %s',
    async token => {
      const error = await refusalOf(token);
      expect(inspect(error, { showHidden: true }) + JSON.stringify(error)).not.toContain(token);
    },
  );
});
