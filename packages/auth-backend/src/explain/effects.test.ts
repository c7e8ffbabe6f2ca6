import { AuthenticationError } from '@stagepass/auth-node';
import { createExternalTokenHandler, explainToken } from '../index';
import { FakeNetwork } from '../testing/FakeNetwork';
import { issueOwn } from '../testing/credentialFixtures';
import { externalAccess, Installation, STATIC_TOKEN } from '../testing/Installation';
import { RecordingLogger } from '../testing/RecordingLogger';
import { illegalToken, invalidConfig, keysUnavailable, rejectionOf } from '../testing/refusals';

const URL_OF_CATALOG = 'http://backend/api/catalog/.backstage/auth/v1/jwks.json';
const receiver = { pluginId: 'scaffolder' };

describe('an explanation', () => {
  it('leaves no line in the log and no event, whatever comes of it', async () => {
    const installation = new Installation({ auth: { externalAccess } });
    const { backend, network } = installation;
    for (const token of [installation.pluginToken(), 'junk', STATIC_TOKEN]) {
      await backend.explainToken(token, receiver);
    }
    network.goDown();
    const { verdict } = await backend.explainToken(installation.userToken(), receiver);
    expect(verdict).toMatchObject({ accepted: false, code: 'AUTH_KEYS_UNAVAILABLE', status: 503 });
    expect(installation.logger.entries).toEqual([]);
    expect(installation.events).toEqual([]);
  });

  it('opens no database', async () => {
    const getClient = jest.fn(() => Promise.reject(new Error('was opened')));
    const installation = new Installation({ database: { getClient } });
    const { verdict } = await installation.backend.explainToken(
      installation.pluginToken(),
      receiver,
    );
    expect(verdict.accepted).toBe(true);
    expect(getClient).not.toHaveBeenCalled();
  });

  it('does not open the plugin, which can still bring what it has', async () => {
    const installation = new Installation();
    await installation.backend.explainToken('junk', receiver);
    const plugin = await installation.backend.forPlugin('scaffolder', {
      pluginTokenHandlerDecorator: inner => ({
        ...inner,
        verifyToken: async () => ({ subject: 'plugin:decorated' }),
      }),
    });
    expect(await plugin.authenticate('junk')).toMatchObject({
      principal: { subject: 'plugin:decorated' },
    });
    const { verdict } = await installation.backend.explainToken('junk', receiver);
    expect(verdict).toMatchObject({ accepted: true, principal: { subject: 'plugin:decorated' } });
  });

  it('asks this process first, and says so', async () => {
    const installation = new Installation();
    const caller = await installation.plugin('search');
    const token = await issueOwn(caller, 'scaffolder');
    const { signer } = await installation.backend.explainToken(token, receiver);
    expect(signer).toMatchObject({
      who: 'the plugin "search"',
      signature: 'verified',
      key: 'published',
      askedForKey: [{ where: 'this process', outcome: 'has it' }],
    });
    expect(installation.network.requests).toEqual([]);
  });

  it('knows what the running backend knows, in an outage too', async () => {
    const installation = new Installation();
    const { backend, clock, network } = installation;
    const plugin = await installation.plugin();
    const token = installation.pluginToken({ exp: installation.now + 7200 });
    await plugin.authenticate(token);
    network.goDown();
    clock.advance({ hours: 1 });
    const { verdict, signer } = await backend.explainToken(token, receiver);
    expect(verdict.accepted).toBe(true);
    expect(signer).toMatchObject({
      askedForKey: [{ where: URL_OF_CATALOG, outcome: 'no answer: fetch failed' }],
      warnings: [`The key set at "${URL_OF_CATALOG}" cannot be fetched: "fetch failed"`],
    });
  });

  it('says that a key was remembered', async () => {
    const installation = new Installation();
    const plugin = await installation.plugin();
    await plugin.authenticate(installation.pluginToken());
    const { signer } = await installation.backend.explainToken(
      installation.pluginToken(),
      receiver,
    );
    expect(signer?.askedForKey).toEqual([
      { where: URL_OF_CATALOG, outcome: 'remembered from before, has it' },
    ]);
  });

  it('says what answer a key set gave', async () => {
    const installation = new Installation();
    installation.network.answer = () => new Response('no', { status: 502 });
    const { signer, advice } = await installation.backend.explainToken(
      installation.pluginToken(),
      receiver,
    );
    expect(signer).toMatchObject({
      key: 'not known',
      signature: 'not checked',
      askedForKey: [{ where: URL_OF_CATALOG, outcome: 'status 502' }],
    });
    expect(advice[0]).toContain(`make ${URL_OF_CATALOG} reachable from this host (status 502)`);
  });

  it('spends nothing of what callers need: any number of them does not refuse a good one', async () => {
    const installation = new Installation();
    const { backend, network } = installation;
    for (let asked = 0; asked < 50; asked += 1) {
      await backend.explainToken(installation.pluginToken({}, { kid: `none-${asked}` }), receiver);
    }
    // They may make 20 requests at once, all together.
    expect(network.requests).toHaveLength(20);
    const plugin = await installation.plugin();
    expect(await plugin.authenticate(installation.pluginToken())).toMatchObject({
      principal: { subject: 'plugin:catalog' },
    });
    expect(network.requests).toHaveLength(21);
  });

  it('says when nobody could be asked', async () => {
    const installation = new Installation({
      discovery: {
        getBaseUrl: () => Promise.reject(new Error('unknown plugin')),
        getExternalBaseUrl: () => Promise.reject(new Error('unknown plugin')),
      },
    });
    const { verdict, advice, signer } = await installation.backend.explainToken(
      installation.pluginToken(),
      receiver,
    );
    expect(verdict).toMatchObject({ code: 'AUTH_KEYS_UNAVAILABLE', status: 503 });
    expect(signer).toMatchObject({ key: 'not known', askedForKey: [] });
    expect(advice).toEqual([expect.stringContaining('discovery, which gives no usable base URL')]);
  });

  it('says when too many were asked for, and goes on a second later', async () => {
    const installation = new Installation();
    const { backend, clock } = installation;
    const token = installation.pluginToken({}, { kid: 'none' });
    for (let asked = 0; asked < 20; asked += 1) await backend.explainToken(token, receiver);
    const { verdict, advice } = await backend.explainToken(token, receiver);
    expect(verdict).toMatchObject({ code: 'AUTH_KEYS_UNAVAILABLE' });
    expect(advice[0]).toContain('too many explanations at once; ask again in a second');
    clock.advance({ seconds: 1 });
    expect((await backend.explainToken(token, receiver)).verdict).toMatchObject({
      code: 'AUTH_KEY_UNKNOWN',
    });
  });

  it('teaches the running backend nothing: its pause after a failure is its own', async () => {
    const installation = new Installation();
    const { backend, network } = installation;
    const answer = network.answer;
    network.goDown();
    await backend.explainToken(installation.pluginToken(), receiver);
    network.answer = answer;
    const plugin = await installation.plugin();
    expect(await plugin.authenticate(installation.pluginToken())).toMatchObject({
      principal: { subject: 'plugin:catalog' },
    });
  });

  it('explains the token of the user in a plugin token by itself', async () => {
    const installation = new Installation();
    const obo = installation.limitedUserToken();
    const token = installation.pluginToken({ obo });
    const { claims, onBehalfOf, signer } = await installation.backend.explainToken(token, receiver);
    expect(claims).toMatchObject({ sub: 'catalog', obo: '(not shown, see onBehalfOf)' });
    expect(signer).toMatchObject({ who: 'the plugin "catalog"', signature: 'verified' });
    expect(onBehalfOf).toMatchObject({
      kind: 'limited user token',
      asked: { allowLimitedAccess: true },
      signer: { who: 'the auth plugin', signature: 'verified' },
      verdict: { accepted: true },
    });
    expect(JSON.stringify([claims, onBehalfOf])).not.toContain(obo.split('.')[2]);
  });

  it('calls nothing proved that is not', async () => {
    const installation = new Installation();
    const forged = installation.userToken({}, { kid: 'none' });
    const explanation = await installation.backend.explainToken(forged, receiver);
    expect(explanation).not.toHaveProperty('claims');
    expect(explanation).not.toHaveProperty('header');
    expect(explanation.unverifiedClaims).toMatchObject({ sub: 'user:default/jane' });
    expect(explanation.signer).toMatchObject({ key: 'not published', signature: 'not checked' });
  });

  it('says what each entry of external callers said', async () => {
    const handler = createExternalTokenHandler({
      type: 'mesh',
      initialize: () => undefined,
      verifyToken: () => Promise.reject(new AuthenticationError('canary-of-the-handler')),
    });
    const installation = new Installation({
      auth: {
        externalAccess: [
          { type: 'legacy', options: { secret: 'A'.repeat(44), subject: 'old' } },
          { type: 'mesh', options: {} },
        ],
      },
      externalTokenHandlers: [handler],
    });
    const explanation = await installation.backend.explainToken('opaque-token', receiver);
    expect(explanation.externalEntries).toEqual([
      { path: 'backend.auth.externalAccess[0]', type: 'legacy', said: 'not mine' },
      {
        path: 'backend.auth.externalAccess[1]',
        type: 'mesh',
        said: 'refused',
        code: 'AUTH_TOKEN_TYPE_UNKNOWN',
        reason:
          'the external token handler "mesh" of backend.auth.externalAccess[1] refuses the token: "AuthenticationError"',
      },
    ]);
    expect(JSON.stringify(explanation)).not.toContain('canary');
  });

  it('goes on with the token in what was pasted, and says what is wrong around it', async () => {
    const installation = new Installation();
    const { backend } = installation;
    const good = installation.userToken();
    expect(await backend.explainToken(`Bearer ${good}`, receiver)).toMatchObject({
      kind: 'user token',
      pasted: { as: 'Authorization header' },
      verdict: { accepted: true },
    });
    const twice = await backend.explainToken(`Authorization: Bearer Bearer ${good}`, receiver);
    expect(twice).toMatchObject({
      pasted: { problem: 'it says "Bearer" twice' },
      verdict: { accepted: true },
      advice: [
        'send exactly "Authorization: Bearer", a space and the token: it says "Bearer" twice',
      ],
    });
  });

  it.each([
    ['claims that hold a token', { act: 'TOKEN' }],
    ['claims that hold a configured secret', { note: `say ${STATIC_TOKEN} here` }],
    ['a member named like a secret', { [STATIC_TOKEN]: 1 }],
  ])('hides %s', async (_, claims) => {
    const installation = new Installation({ auth: { externalAccess } });
    const inner = installation.userToken();
    const token = installation.userToken(
      JSON.parse(JSON.stringify(claims).replace('TOKEN', inner)),
    );
    const text = JSON.stringify(await installation.backend.explainToken(token, receiver));
    expect(text).not.toContain(STATIC_TOKEN);
    expect(text).not.toContain(inner);
    expect(text).toContain('hidden)');
  });

  it('survives what is nested deeply', async () => {
    const installation = new Installation();
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const token = `${part('{"alg":"ES256"}')}.${part(`{"x":${deep}}`)}.c2ln`;
    const explanation = await installation.backend.explainToken(token, receiver);
    expect(JSON.stringify(explanation)).toContain('(nested too deeply)');
    expect(explanation.problem).toContain('payload: is nested too deeply');
    expect(explanation.verdict.accepted).toBe(false);
  });

  it.each([undefined, null, 7, {}, ''])('takes %p for no token', async value => {
    const { backend } = new Installation();
    expect(await backend.explainToken(value as never, receiver)).toMatchObject({
      kind: 'no token',
      verdict: illegalTokenVerdict,
    });
  });

  it('refuses a plugin id that is none', async () => {
    const { backend } = new Installation();
    await expect(backend.explainToken('x', { pluginId: '../x' })).rejects.toMatchObject(
      invalidConfig(`pluginId: expected letters, digits, '-' and '_', found "../x"`),
    );
  });
});

const { name: _name, ...illegal } = illegalToken('AUTH_TOKEN_MALFORMED');
const illegalTokenVerdict = { accepted: false, ...illegal };

describe('explainToken', () => {
  const discovery = {
    getBaseUrl: async (id: string) => `http://backend/api/${id}`,
    getExternalBaseUrl: async (id: string) => `https://example.com/api/${id}`,
  };

  it('explains without a running backend, and says nothing of it anywhere', async () => {
    const { clock, network, userToken, ...rest } = fixture();
    const { verdict } = await explainToken(userToken, {
      ...receiver,
      discovery,
      clock,
      fetch: network.fetch,
      logger: rest.logger,
      onAuthEvent: event => void rest.events.push(event),
      config: { backend: { auth: { dangerouslyDisableDefaultAuthPolicy: true } } },
    });
    expect(verdict.accepted).toBe(true);
    expect(rest.logger.entries).toEqual([]);
    expect(rest.events).toEqual([]);
  });

  it('refuses a wrong configuration', async () => {
    const options = { ...receiver, discovery, config: { backend: { auth: { cors: 1 } } } };
    const error = await rejectionOf((async () => explainToken('x', options))());
    expect(error).toMatchObject({ code: 'AUTH_CONFIG_INVALID' });
    expect(error.message).toMatch(/^backend\.auth\.cors: unknown key/);
  });

  it('tells an outage like the service', async () => {
    const { clock, userToken } = fixture();
    const network = new FakeNetwork(clock);
    network.goDown();
    const { verdict } = await explainToken(userToken, {
      ...receiver,
      discovery,
      clock,
      fetch: network.fetch,
    });
    const { code, message } = keysUnavailable;
    expect(verdict).toMatchObject({ accepted: false, code, message, status: 503 });
  });

  function fixture() {
    const { clock, network, userToken } = (() => {
      const installation = new Installation();
      return {
        clock: installation.clock,
        network: installation.network,
        userToken: installation.userToken(),
      };
    })();
    return { clock, network, userToken, logger: new RecordingLogger(), events: [] as unknown[] };
  }
});
