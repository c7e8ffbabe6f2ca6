import { ConflictError, InputError, NotAllowedError, NotFoundError } from '@backstage/errors';
import { createAuthError } from '@stagepass/auth-node/internal';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { expressVersions, loadExpress, refusal, refusalOf } from '../testing/expressPlugin';
import { setUpHttpAuth } from '../testing/setUpHttpAuth';

describe.each(expressVersions)('authErrorHandler on %s', name => {
  const express = loadExpress(name);
  afterEach(express.stop);

  const answerWith = async (error: unknown, sendFirst = false) => {
    const app = express.framework();
    app.get('/x', (req, res) => {
      if (sendFirst) res.write('begun');
      express.adapter.authErrorHandler()(error, req, res, passedOn => {
        if (!sendFirst) res.status(500);
        res.end(`passed on ${String(passedOn)}`);
      });
    });
    return (await express.start(app))('GET /x?token=s3cret');
  };
  const request = { method: 'GET', url: '/x' };

  it.each([
    [new InputError('bad'), refusal(400, { name: 'InputError', message: 'bad' }, request)],
    [new NotAllowedError('no'), refusal(403, { name: 'NotAllowedError', message: 'no' }, request)],
    [new NotFoundError('gone'), refusal(404, { name: 'NotFoundError', message: 'gone' }, request)],
    [
      createAuthError('AUTH_ACCESS_RESTRICTED', 'the allowed plugins are a, b'),
      refusal(
        403,
        { name: 'NotAllowedError', message: 'Access to this plugin is restricted' },
        request,
        ', error="insufficient_scope"',
      ),
    ],
  ])('answers by name and code: %#', async (error, expected) => {
    expect(refusalOf(await answerWith(error))).toEqual(expected);
  });

  it.each([new Error('boom'), new ConflictError('boom')])(
    'passes other errors on: %#',
    async error => {
      const answer = await answerWith(error);
      expect(answer.status).toBe(500);
      expect(answer.text).toBe(`passed on ${String(error)}`);
    },
  );

  it('passes everything on once the response has begun', async () => {
    const answer = await answerWith(new NotAllowedError('no'), true);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('passed on NotAllowedError: no');
  });
});

describe.each(expressVersions)('the barrier on %s', name => {
  const express = loadExpress(name);
  afterEach(express.stop);

  it.each([undefined, null, '', 0, 'route', 'router'])(
    'lets nobody pass when it cannot be asked, whatever it is rejected with: %j',
    async reason => {
      const { auth, httpAuth } = setUpHttpAuth();
      const failing = {
        ...httpAuth,
        credentials: () => Promise.reject(reason as unknown as Error),
      };
      const { router } = express.adapter.createPluginRouter({ auth, httpAuth: failing as never });
      const app = express.framework();
      app.use(router);
      app.get('/x', (_req, res) => void res.end('secret'));
      const answer = await (await express.start(app))('GET /x');
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('secret');
    },
  );

  /** Answers of a plugin with a handler behind the barrier, on a path of its own and on one of the protocol. */
  const answersWith = async (beforeBarrier: RequestHandler) => {
    const { auth, httpAuth } = setUpHttpAuth();
    const { router } = express.adapter.createPluginRouter({ auth, httpAuth, beforeBarrier });
    const app = express.framework();
    app.use(router);
    app.use((_req, res) => void res.end('secret'));
    app.use(((error, _req, res, next) => {
      if (res.headersSent) next(error);
      else res.status(500).end(`failed with ${String(error)}`);
    }) satisfies ErrorRequestHandler);
    const send = await express.start(app);
    return Promise.all([send('GET /x'), send('GET /.backstage/auth/v1/x')]);
  };

  it.each<[string, RequestHandler, string]>([
    ['goes on', (_req, _res, next) => next(), 'failed with AuthenticationError'],
    ['passes on "route"', (_req, _res, next) => next('route'), 'failed with AuthenticationError'],
    ['passes on an error', (_req, _res, next) => next(new Error('x')), 'failed with Error: x'],
    [
      'throws',
      () => {
        throw new Error('x');
      },
      'failed with Error: x',
    ],
  ])('lets nobody pass where what stands before it %s', async (_, beforeBarrier, expected) => {
    for (const { text } of await answersWith(beforeBarrier)) expect(text).toContain(expected);
  });

  // Express 4 does not look at what a handler returns.
  if (name === 'express') {
    it('lets nobody pass where what stands before it rejects', async () => {
      for (const { text } of await answersWith(() => Promise.reject(new Error('x')))) {
        expect(text).toContain('failed with Error: x');
      }
    });
  }
});
