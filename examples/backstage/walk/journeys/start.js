import { staticTokens } from '../callers.js';
import { ok, step, unauthenticated } from '../step.js';

/** What happens to requests while their plugin starts; `look` runs at that time. */
export const start = {
  title: 'Start',
  async look(walk) {
    const bearer = staticTokens.deployBot;
    let answers = 0;
    const ask = options =>
      new Promise(resolve => {
        const answer = walk.get('/api/my-plugin/who', {
          ...options,
          onSent: () => resolve({ answer }),
        });
        answer.then(
          () => (answers += 1),
          () => (answers += 1),
        );
      });
    const known = await ask({ bearer });
    const nobody = await ask({});
    const keys = await walk.get('/api/my-plugin/.backstage/auth/v1/jwks.json');
    return { known, nobody, keys, answersBefore: answers };
  },
  steps: [
    step('the key set answers before the plugin has started', walk => walk.early.keys, {
      status: 200,
      body: { keys: keys => keys.length === 1 },
    }),
    step(
      'a call waits until the plugin has started',
      async ({ early }) => ({
        ...(await early.known.answer),
        answersBefore: early.answersBefore,
      }),
      { ...ok({ subject: 'deploy-bot' }), answersBefore: 0 },
    ),
    step(
      'a call without credentials is refused once the plugin has started',
      ({ early }) => early.nobody.answer,
      unauthenticated('Missing credentials'),
    ),
    step(
      'a plugin calls another one while both start',
      walk => walk.get('/api/my-plugin/at-start', { bearer: staticTokens.deployBot }),
      ok({ status: 200, body: { type: 'service', subject: 'plugin:my-plugin' } }),
    ),
  ],
};
