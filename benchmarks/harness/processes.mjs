import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts a program of `processes/`, which answers questions; see {@link answerParent}.
 *
 * @param {string} name - of the file, without its ending
 * @param {{ args?: string[], execArgv?: string[] }} [options]
 */
export async function startProcess(name, { args = [], execArgv = [] } = {}) {
  const file = fileURLToPath(new URL(`../processes/${name}.mjs`, import.meta.url));
  // Standard output is for the table, or for JSON alone.
  const child = fork(file, args, { execArgv, stdio: ['ignore', 2, 2, 'ipc'] });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process ${name} ended: ${code ?? signal}`);
  });
  // Who asks hears of it, and so does nobody who is done.
  ended.catch(() => {});
  const next = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  const greeting = await next();
  return {
    /** What the process had to say when it was ready. */
    greeting,
    /** Asks one question; the next one is for when this is answered. */
    async ask(question, argument) {
      const answer = next();
      child.send({ question, argument });
      const { value, error } = await answer;
      if (error !== undefined) throw new Error(`the process ${name}: ${error}`);
      return value;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended.catch(() => {});
    },
  };
}

/**
 * Answers the questions of the process that started this one, until that lets go of it.
 *
 * @param {Record<string, (argument: any) => unknown>} answers - by question
 * @param {unknown} [greeting]
 */
export function answerParent(answers, greeting = 'ready') {
  process.on('message', async ({ question, argument }) => {
    try {
      process.send({ value: await answers[question](argument) });
    } catch (error) {
      process.send({ error: error.stack ?? String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send(greeting);
}
