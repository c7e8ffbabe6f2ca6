import { demo } from '../../demo';
import { refusal } from '../answers';
import type { Journey } from '../step';

const illegalToken = 'AuthenticationError: Illegal token';

export const refusals: Journey = {
  title: 'Refusals',
  steps: [
    {
      name: 'without credentials there is no answer but what is missing',
      act: { do: 'send', request: { path: '/api/my-plugin/on-behalf' } },
      expect: refusal(
        401,
        'GET /api/my-plugin/on-behalf',
        'AuthenticationError: Missing credentials',
        '',
      ),
    },
    {
      name: 'a path that leads nowhere asks for credentials too',
      act: { do: 'send', request: { path: '/api/catalog/nothing-here' } },
      expect: refusal(
        401,
        'GET /api/catalog/nothing-here',
        'AuthenticationError: Missing credentials',
        '',
      ),
    },
    {
      name: 'a token that nobody issued',
      act: { do: 'send', request: { path: '/api/catalog/whoami', bearer: 'nobody-issued-this' } },
      expect: refusal(401, 'GET /api/catalog/whoami', illegalToken, 'error="invalid_token"'),
    },
    {
      name: 'a user token with another name written into it',
      act: ({ jane, john }) => ({
        do: 'send',
        request: { path: '/api/catalog/whoami', bearer: claimsOf(jane, john) },
      }),
      expect: refusal(401, 'GET /api/catalog/whoami', illegalToken, 'error="invalid_token"'),
    },
    {
      name: 'a plugin token at another plugin than the one it is for',
      act: ({ pluginToken }) => ({
        do: 'send',
        request: { path: '/api/my-plugin/on-behalf', bearer: pluginToken },
      }),
      expect: refusal(401, 'GET /api/my-plugin/on-behalf', illegalToken, 'error="invalid_token"'),
    },
    {
      name: 'a service where only users may call',
      act: { do: 'send', request: { path: '/api/my-plugin/token', bearer: demo.deployBot } },
      expect: refusal(
        403,
        'GET /api/my-plugin/token',
        "NotAllowedError: This endpoint does not allow 'service' credentials",
        'error="insufficient_scope"',
      ),
    },
  ],
};

/** The first token with the claims of the second. */
export function claimsOf(first: string, second: string): string {
  const [header, , signature] = first.split('.');
  return `${header}.${second.split('.')[1]}.${signature}`;
}
