import { staticTokens } from '../callers.js';
import { notAllowed, ok, step, unauthenticated } from '../step.js';

const { deployBot } = staticTokens;
const tasks = '/api/my-plugin/tasks';

async function store(walk, bearer) {
  const answer = await walk.send('POST', tasks, { bearer });
  walk.task = `${tasks}/${answer.body.id}`;
  return answer;
}
const resume = walk => walk.send('POST', `${walk.task}/resume`, { bearer: deployBot });

export const tasksJourney = {
  title: 'Stored tasks',
  steps: [
    step('the credentials of a user are stored as JSON', walk => store(walk, walk.user), {
      status: 201,
      body: { members: ['$$type', 'expiresAt', 'principal', 'token', 'version'] },
    }),
    step(
      'the task is resumed on behalf of the user',
      resume,
      ok({ entities: ['component:default/signal-box'] }),
    ),
    step(
      'user info knows the user of the task',
      walk => walk.get(`${walk.task}/owner`, { bearer: deployBot }),
      ok({ userEntityRef: 'user:default/jane' }),
    ),
    step(
      'a task is refused when its token and its user are not the same',
      async walk => {
        await walk.send('PUT', `${walk.task}/principal`, {
          bearer: deployBot,
          body: { type: 'user', userEntityRef: 'user:default/john' },
        });
        return await resume(walk);
      },
      unauthenticated(),
      { onBackstage: ok({ entities: ['component:default/signal-box'] }) },
    ),
    step(
      'a task of a service, which has no token, is refused',
      async walk => {
        await store(walk, deployBot);
        return await resume(walk);
      },
      notAllowed('This call may not be made for its caller'),
      { onBackstage: ok({ entities: list => list.length >= 5 }) },
    ),
  ],
};
