import type { Found } from './expected';
import { send } from './send';
import type { Action, Given, Journey, Saved, Stage, Step, Taken } from './step';

/**
 * Takes every step, in order, and hands each out with what came of it; judging is somebody else's. An act
 * that fails, such as a request without an answer, has the outcome `failure`.
 *
 * @param stage - where the backend runs
 */
export async function* takeWalk(journeys: Journey[], stage: Stage): AsyncGenerator<Taken> {
  const saved = nothingSaved(stage.url);
  for (const { title, steps } of journeys) {
    for (const step of steps) {
      saved.url = stage.url;
      const action = actionOf(step, saved);
      const found = await act(action, stage).catch((error: unknown) => ({
        failure: String(error),
      }));
      yield { journey: title, step, action, expected: given(step.expect, saved), found };
      for (const [name, path] of Object.entries(step.save ?? {})) {
        saved[name as keyof Saved] = pick(found, path);
      }
    }
  }
}

/** What is saved before the first step. */
export function nothingSaved(url: string): Saved {
  return {
    url,
    userKid: '',
    pluginKid: '',
    jane: '',
    janeExpiresAt: '',
    john: '',
    johnExpiresAt: '',
    pluginToken: '',
    cookie: '',
    trace: '',
    refusedTrace: '',
  };
}

/** What a step does, given what was saved. */
export function actionOf(step: Step, saved: Saved): Action {
  return given(step.act, saved);
}

function act(action: Action, stage: Stage): Promise<Found> {
  switch (action.do) {
    case 'send':
      return send(stage.url, action.request);
    case 'restart':
      return stage.restart();
    case 'start':
      return stage.start(
        typeof action.config === 'object' ? JSON.stringify(action.config) : action.config,
      );
  }
}

function given<T extends object | null | boolean | number | string>(
  value: Given<T>,
  saved: Saved,
): T {
  return typeof value === 'function' ? value(saved) : value;
}

/** The text at a path such as `body.keys.0.kid`; empty if there is none, so that later steps fail by it. */
function pick(found: Found, path: string): string {
  let value: Found | undefined = found;
  for (const key of path.split('.')) {
    value = (value as { [key: string]: Found } | null | undefined)?.[key];
  }
  return typeof value === 'string' ? value : '';
}
