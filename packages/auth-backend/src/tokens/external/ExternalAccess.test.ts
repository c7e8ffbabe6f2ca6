import { inspect } from 'node:util';
import { AuthenticationError, NotAllowedError } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { settle } from '../../testing/FakeNetwork';
import { RecordingLogger } from '../../testing/RecordingLogger';
import { illegalToken, invalidConfig, keysUnavailable, rejectionOf } from '../../testing/refusals';
import { ExternalAccess } from './ExternalAccess';
import { createExternalTokenHandler, type ExternalTokenHandler } from './ExternalTokenHandler';
import type { CustomAccess, StaticAccess } from './externalEntries';

const TOKEN = 'canary-presented-token';
const path = 'backend.auth.externalAccess[0]';
const ci: StaticAccess = { type: 'static', path, token: 'canary-static-token', subject: 'ci' };

function custom(handlerType: string, index = 0): CustomAccess {
  const path = `backend.auth.externalAccess[${index}]`;
  return { type: 'custom', handlerType, options: {}, path };
}

/** No entry of these tests publishes keys. */
const keysOf = () => () => Promise.reject(new Error('no key set was expected'));

type Verify = (token: string) => unknown;

function handler(type: string, verify: Verify): ExternalTokenHandler<unknown> {
  return { type, initialize: () => undefined, verifyToken: verify as never };
}

function setUp(
  entries: Array<StaticAccess | CustomAccess>,
  handlers: ExternalTokenHandler<unknown>[] = [],
) {
  const clock = new TestClock();
  const logger = new RecordingLogger();
  const access = new ExternalAccess({
    pluginId: 'catalog',
    entries,
    handlers,
    keysOf,
    clock,
    onPassedOver: reason => logger.warn(reason),
  });
  return { access, clock, logger };
}

/** One entry for each handler, in order. */
function setUpHandlers(...verifiers: Verify[]) {
  const types = verifiers.map((_, index) => `type-${index}`);
  return setUp(
    types.map(custom),
    types.map((type, index) => handler(type, verifiers[index]!)),
  );
}

describe('a static token', () => {
  it('proves its subject', async () => {
    const { access } = setUp([ci, { type: 'static', path, token: 'another-token', subject: 'cd' }]);
    expect(await access.verify('canary-static-token')).toEqual({ subject: 'ci' });
    expect(await access.verify('another-token')).toEqual({ subject: 'cd' });
  });

  it('is recognised by all of its characters', async () => {
    const { access } = setUp([ci]);
    const wrong = [...ci.token].map(
      (character, at) =>
        ci.token.slice(0, at) + (character === 'x' ? 'y' : 'x') + ci.token.slice(at + 1),
    );
    for (const token of [
      ...wrong,
      ci.token.slice(0, -1),
      `${ci.token}n`,
      ` ${ci.token}`,
      `${ci.token}\u0000`,
      ci.token.toUpperCase(),
      ci.token.replace('a', '\u0430'),
      `${ci.token}\u0301`,
      '',
      '__proto__',
    ]) {
      expect(await access.verify(token)).toBeUndefined();
    }
  });

  it('that is restricted shows what it may do here, and the rest for calls onward', async () => {
    const accessRestrictions = new Map([
      ['catalog', { permissionNames: ['catalog.entity.read'] }],
      ['search', {}],
    ]);
    const { access } = setUp([{ ...ci, accessRestrictions }]);
    expect(await access.verify(ci.token)).toEqual({
      subject: 'ci',
      accessRestrictions: { permissionNames: ['catalog.entity.read'] },
      allAccessRestrictions: accessRestrictions,
    });
  });

  it('that is restricted to other plugins is refused, without telling the caller to which', async () => {
    const accessRestrictions = new Map([
      ['search', {}],
      ['events', {}],
    ]);
    const { access, logger } = setUp([{ ...ci, accessRestrictions }]);
    const error = await rejectionOf(access.verify(ci.token));
    expect(error).toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
      reason:
        '"ci" may use the plugins ["search","events"], not "catalog"; see accessRestrictions of its entry in backend.auth.externalAccess',
    });
    expect(JSON.stringify(error)).not.toContain('search');
    expect(`${inspect(error)} ${error.reason} ${logger.text}`).not.toContain('canary');
  });

  it('is not shown to any handler', async () => {
    const seen: string[] = [];
    const { access } = setUp(
      [custom('x'), ci],
      [handler('x', async token => void seen.push(token))],
    );
    expect(await access.verify(ci.token)).toEqual({ subject: 'ci' });
    expect(seen).toEqual([]);
  });
});

describe('handlers', () => {
  it('get the options of their entries at start, and the token with what they made of them', async () => {
    const ldap = createExternalTokenHandler({
      type: 'ldap',
      initialize: ({ options }) => ({ prefix: options.getString('prefix') }),
      verifyToken: async (token, { prefix }) =>
        token.startsWith(prefix) ? { subject: `ldap:${prefix}` } : undefined,
    });
    const { access } = setUp(
      [
        { ...custom('ldap', 0), options: { prefix: 'a' } },
        { ...custom('ldap', 1), options: { prefix: 'b' } },
      ],
      [ldap as ExternalTokenHandler<unknown>],
    );
    expect(await access.verify('a-token')).toEqual({ subject: 'ldap:a' });
    expect(await access.verify('b-token')).toEqual({ subject: 'ldap:b' });
    expect(await access.verify('c-token')).toBeUndefined();
  });

  it('are asked in the order of the configuration until one recognises the token', async () => {
    const asked: number[] = [];
    const says = (index: number, answer?: { subject: string }) => async () => {
      asked.push(index);
      return answer;
    };
    const { access, logger } = setUpHandlers(
      says(0),
      says(1, { subject: 'second' }),
      says(2, { subject: 'third' }),
    );
    expect(await access.verify(TOKEN)).toEqual({ subject: 'second' });
    expect(asked).toEqual([0, 1]);
    expect(logger.entries).toEqual([]);
  });

  it.each([undefined, null, false, ''])(
    'that answer %j leave the token to others',
    async answer => {
      const { access } = setUpHandlers(
        async () => answer,
        async () => ({ subject: 'second' }),
      );
      expect(await access.verify(TOKEN)).toEqual({ subject: 'second' });
      expect(await setUpHandlers(async () => answer).access.verify(TOKEN)).toBeUndefined();
    },
  );

  it('are asked for each call: what one answered is not remembered', async () => {
    let answer: { subject: string } | undefined = { subject: 'once' };
    const { access } = setUpHandlers(async () => answer);
    expect(await access.verify(TOKEN)).toEqual({ subject: 'once' });
    answer = undefined;
    expect(await access.verify(TOKEN)).toBeUndefined();
  });

  it('are bound to the restrictions of their entry', async () => {
    const entry = { ...custom('x'), accessRestrictions: new Map([['search', {}]]) };
    const { access, logger } = setUp(
      [entry, custom('y', 1)],
      [handler('x', async () => ({ subject: 'x' })), handler('y', async () => ({ subject: 'y' }))],
    );
    await expect(access.verify(TOKEN)).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
    });
    expect(logger.entries).toEqual([]);
  });

  const failing: Array<[string, Verify, string]> = [
    ['rejects', async () => Promise.reject(new Error(`no LDAP for ${TOKEN}`)), 'failed: "Error"'],
    [
      'throws',
      () => {
        throw new TypeError('x is undefined');
      },
      'failed: "TypeError"',
    ],
    [
      'throws several lines',
      () => {
        throw new Error('first\r\nsecond');
      },
      'failed: "Error"',
    ],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
      'failed: "undefined"',
    ],
    ['throws null', () => Promise.reject(null as unknown as Error), 'failed: "object"'],
    [
      'throws a text',
      () => {
        throw TOKEN;
      },
      'failed: "string"',
    ],
    [
      'forbids',
      () => {
        throw new NotAllowedError('not you');
      },
      'failed: "NotAllowedError"',
    ],
    [
      'poses as a restriction',
      () => {
        throw Object.assign(new Error('x'), { code: 'AUTH_ACCESS_RESTRICTED' });
      },
      'failed: "Error" ("AUTH_ACCESS_RESTRICTED")',
    ],
    [
      'answers true',
      async () => true,
      'cannot be used: expected a subject that names an external caller, found none',
    ],
    [
      'answers {}',
      async () => ({}),
      'cannot be used: expected a subject that names an external caller, found none',
    ],
    [
      'names nobody',
      async () => ({ subject: '' }),
      'cannot be used: expected a subject that names an external caller, found ""',
    ],
    [
      'names a list',
      async () => ({ subject: ['a'] }),
      'cannot be used: expected a subject that names an external caller, found a list of 1',
    ],
    [
      'names a plugin',
      async () => ({ subject: 'plugin:catalog' }),
      'cannot be used: expected a subject that names an external caller, found "plugin:catalog"',
    ],
    [
      'names a user',
      async () => ({ subject: 'user:default/admin' }),
      'cannot be used: expected a subject that names an external caller, found "user:default/admin"',
    ],
    [
      'returns no promise',
      () => 1,
      'cannot be used: expected a subject that names an external caller, found none',
    ],
  ];

  describe.each(failing)('of which one %s', (_, verify, detail) => {
    it('are all asked nevertheless', async () => {
      const { access, logger } = setUpHandlers(verify, async () => ({ subject: 'second' }));
      expect(await access.verify(TOKEN)).toEqual({ subject: 'second' });
      expect(logger.lines('warn')).toEqual([
        `the external token handler "type-0" of backend.auth.externalAccess[0] ${detail}`,
      ]);
      expect(logger.text).not.toContain(TOKEN);
    });

    it('cannot decide, if no other recognises the token', async () => {
      const { access, logger } = setUpHandlers(verify, async () => undefined);
      const error = await rejectionOf(access.verify(TOKEN));
      expect(error).toMatchObject({
        ...keysUnavailable,
        reason: `the external token handler "type-0" of backend.auth.externalAccess[0] ${detail}`,
      });
      expect(`${inspect(error)} ${error.reason} ${logger.text}`).not.toContain(TOKEN);
    });
  });

  it('may refuse a token themselves, which the others can overrule', async () => {
    const refuses: Verify = async token => {
      throw new AuthenticationError(`expired: ${token}`);
    };
    const alone = setUpHandlers(refuses);
    const error = await rejectionOf(alone.access.verify(TOKEN));
    expect(error).toMatchObject({
      ...illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
      reason:
        'the external token handler "type-0" of backend.auth.externalAccess[0] refuses the token: "AuthenticationError"',
    });
    expect(JSON.stringify(error)).toBe('{"name":"AuthenticationError","message":"Illegal token"}');
    expect(`${inspect(error)} ${alone.logger.text}`).not.toContain(TOKEN);
    expect(`${error.reason}${JSON.stringify(alone.logger.entries)}`).not.toContain('expired');

    const { access } = setUpHandlers(refuses, async () => ({ subject: 'second' }));
    expect(await access.verify(TOKEN)).toEqual({ subject: 'second' });
  });

  it('of which one refuses and one fails are answered for by the failure: that one might accept', async () => {
    const refuses: Verify = () => Promise.reject(new AuthenticationError('expired'));
    const fails: Verify = () => Promise.reject(new Error('down'));
    for (const verifiers of [
      [refuses, fails],
      [fails, refuses],
    ]) {
      await expect(setUpHandlers(...verifiers).access.verify(TOKEN)).rejects.toMatchObject(
        keysUnavailable,
      );
    }
  });

  it('of which one never answers are waited for five seconds', async () => {
    const { access, clock, logger } = setUpHandlers(
      () => new Promise(() => {}),
      async () => ({ subject: 'second' }),
    );
    const result = access.verify(TOKEN);
    await settle();
    clock.advance(4_999);
    await settle();
    expect(logger.entries).toEqual([]);
    clock.advance(1);
    expect(await result).toEqual({ subject: 'second' });
    expect(clock.pendingTimers).toBe(0);

    const alone = setUpHandlers(() => new Promise(() => {}));
    const refusal = rejectionOf(alone.access.verify(TOKEN));
    await settle();
    alone.clock.advance(5_000);
    expect(await refusal).toMatchObject({
      ...keysUnavailable,
      reason:
        'the external token handler "type-0" of backend.auth.externalAccess[0] cannot be used: no answer within 5 s',
    });
  });

  it('may answer or fail too late without any harm', async () => {
    let fail = () => {};
    const { access, clock } = setUpHandlers(
      () => new Promise((_, reject) => (fail = () => reject(new Error('late')))),
    );
    const refused = expect(access.verify(TOKEN)).rejects.toMatchObject(keysUnavailable);
    await settle();
    clock.advance(5_000);
    await refused;
    fail();
    await settle();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('at start', () => {
  it('an entry of an unknown type is refused, with those that exist', () => {
    expect(() => setUp([custom('saml', 3)], [handler('ldap', async () => undefined)])).toThrow(
      expect.objectContaining(
        invalidConfig(
          "backend.auth.externalAccess[3].type: expected one of 'static', 'legacy', 'jwks', 'ldap', found \"saml\"",
        ),
      ),
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])('the type %s is unknown too', type => {
    expect(() => setUp([custom(type)])).toThrow(
      expect.objectContaining(
        invalidConfig(
          `backend.auth.externalAccess[0].type: expected one of 'static', 'legacy', 'jwks', found "${type}"`,
        ),
      ),
    );
  });

  it.each([
    ['two of one type', ['ldap', 'ldap'], 'ldap'],
    ['one with the name of a built-in method', ['static'], 'static'],
  ])('%s are refused', (_, types, duplicate) => {
    const handlers = types.map(type => handler(type, async () => undefined));
    expect(() => setUp([], handlers)).toThrow(
      expect.objectContaining(
        invalidConfig(
          `Duplicate external token handler type '${duplicate}', each handler must have a unique type`,
        ),
      ),
    );
  });

  it.each<[string, unknown, string]>([
    ['an error', new Error('url: expected ldaps'), 'url: expected ldaps'],
    ['something else', 'url', 'url'],
  ])('wrong options are refused, with their path, when initialize throws %s', (_, thrown, text) => {
    const ldap: ExternalTokenHandler<unknown> = {
      ...handler('ldap', async () => undefined),
      initialize() {
        throw thrown;
      },
    };
    expect(() => setUp([custom('ldap', 2)], [ldap])).toThrow(
      expect.objectContaining(invalidConfig(`backend.auth.externalAccess[2].options: ${text}`)),
    );
  });

  it('a missing option is reported by the config reader with the place of the entry', () => {
    const ldap = {
      ...handler('ldap', async () => undefined),
      initialize: ({ options }: { options: { getString(key: string): string } }) =>
        options.getString('url'),
    };
    expect(() => setUp([custom('ldap', 2)], [ldap])).toThrow(
      "backend.auth.externalAccess[2].options: Missing required config value at 'url' in 'backend.auth.externalAccess[2]'",
    );
  });
});
