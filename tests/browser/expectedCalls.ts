import type { ShownHop } from './PageUnderTest';

export const jane = 'user:default/jane';
const illegal = 'Illegal token';

/** A hop that is answered with 200. */
export function hop(call: string, parts: Partial<ShownHop>): ShownHop {
  return { call, token: [], believed: '', status: '200', refusal: [], ...parts };
}

function refused(plugin: string, token: string[], status: string, refusal: unknown[]): ShownHop {
  return hop(`browser → ${plugin}`, { token, status, refusal: refusal as string[] });
}

/** A user calls my-plugin. */
export const toMyPlugin = hop('browser → my-plugin', { token: ['User token'], believed: jane });
/** What travels from my-plugin to the catalog on behalf of a user. */
export const onBehalf = ['Plugin token', 'Limited user token'];

/** Every call of the page but those of the cookie, in this order, and what the page shows jane of it. */
export const expectedCalls: Array<[name: string, hops: ShownHop[]]> = [
  ['You call the catalog', [hop('browser → catalog', { token: ['User token'], believed: jane })]],
  [
    'my-plugin calls on your behalf',
    [toMyPlugin, hop('my-plugin → catalog', { token: onBehalf, believed: jane })],
  ],
  [
    'my-plugin calls as itself',
    [
      toMyPlugin,
      hop('my-plugin → catalog', { token: ['Plugin token'], believed: 'plugin:my-plugin' }),
    ],
  ],
  [
    'A deploy bot calls',
    [hop('browser → catalog', { token: ['Opaque token'], believed: 'external:deploy-bot' })],
  ],
  [
    'A restricted job calls',
    [hop('browser → catalog', { token: ['Opaque token'], believed: 'external:report-job' })],
  ],
  ['Somebody asks for the health', [hop('browser → my-plugin', {})]],
  [
    'No credentials',
    [
      refused('my-plugin', [], '401', [
        'Missing credentials',
        'AUTH_CREDENTIALS_MISSING',
        expect.stringContaining('the request carries none'),
      ]),
    ],
  ],
  [
    'No bearer token',
    [
      refused('my-plugin', [], '401', [
        'Malformed or ambiguous credentials',
        'AUTH_REQUEST_AMBIGUOUS',
        expect.stringContaining('Bearer'),
      ]),
    ],
  ],
  [
    'A token that nobody issued',
    [
      refused('catalog', ['Opaque token'], '401', [
        illegal,
        'AUTH_TOKEN_MALFORMED',
        expect.stringContaining('expected three non-empty segments'),
      ]),
    ],
  ],
  [
    'A tampered token',
    [
      refused('catalog', ['User token'], '401', [
        illegal,
        'AUTH_SIGNATURE_INVALID',
        expect.stringContaining('signature does not verify'),
      ]),
    ],
  ],
  [
    'A token that says it has expired',
    [
      refused('catalog', ['User token'], '401', [
        illegal,
        'AUTH_SIGNATURE_INVALID',
        expect.stringContaining('signature does not verify'),
      ]),
    ],
  ],
  [
    'A token that says it is not signed',
    [
      refused('catalog', ['User token'], '401', [
        illegal,
        'AUTH_ALGORITHM_NOT_ALLOWED',
        expect.stringContaining('"none"'),
      ]),
    ],
  ],
  [
    'A token for another plugin',
    [
      refused('my-plugin', onBehalf, '401', [
        illegal,
        'AUTH_AUDIENCE_MISMATCH',
        expect.stringContaining('"catalog"'),
      ]),
    ],
  ],
  [
    'A limited token as bearer',
    [
      refused('my-plugin', ['Limited user token'], '401', [
        'Illegal limited user token',
        'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
        expect.stringContaining('is not accepted here'),
      ]),
    ],
  ],
  [
    'The cookie on a path that takes none',
    [
      refused('my-plugin', ['Limited user token'], '401', [
        'Missing credentials',
        'AUTH_CREDENTIALS_MISSING',
        expect.stringContaining('the request carries none'),
      ]),
    ],
  ],
  [
    'A service where users are asked for',
    [
      {
        ...refused('my-plugin', ['Opaque token'], '403', [
          "This endpoint does not allow 'service' credentials",
          'AUTH_PRINCIPAL_NOT_ALLOWED',
          expect.stringContaining(
            'expected user credentials, found those of the service "external:deploy-bot"',
          ),
        ]),
        believed: 'external:deploy-bot',
      },
    ],
  ],
  [
    'The restricted job at my-plugin',
    [
      refused('my-plugin', ['Opaque token'], '403', [
        'Access to this plugin is restricted',
        'AUTH_ACCESS_RESTRICTED',
        expect.stringContaining('my-plugin'),
      ]),
    ],
  ],
  [
    'The restricted job writes',
    [
      hop('browser → catalog', {
        token: ['Opaque token'],
        believed: 'external:report-job',
        status: '403',
      }),
    ],
  ],
];
