import { randomInt } from 'node:crypto';
import type { AuthPolicy } from '@stagepass/auth-node';
import { createRandom, randomText } from '../../packages/auth-http/src/testing/random';
import { silentLogger } from '../databases/silentLogger';
import { describeAdapters } from './adapters';
import { Pipeline, type Reply } from './Pipeline';

const parts = [
  ...['/', '/', '/public', '/PUBLIC', '/files/', '/files/', '/item', '/view', '/user', 'public'],
  ...['.', '..', '/..', '/../', '/./', '%2e', '%2f', '%5c', '\\', '%70', '%25', '%', ';', 'a', 'B'],
  ...['?', '#', '%00', '%23', '%3f', '%3b', '\u00e9', '%c3%a9', '/api/test', '//', 's', 'S', ':id'],
];
const heads = ['/public', '/public/', '/item', '/files/', '/view', ''];
const prefixes = [
  ...Array<string>(6).fill('/api/test'),
  'http://localhost/api/test',
  '//api/test',
  '',
];
const policies: AuthPolicy[] = [
  { path: '/public', allow: 'unauthenticated' },
  { path: '/item', allow: 'unauthenticated', exact: true },
  { path: '/files/:id', allow: 'unauthenticated', exact: true },
  { path: '/view', allow: 'user-cookie' },
  { path: '/public/s', allow: 'user-cookie' },
];

/** Of each framework; `STAGEPASS_PATHS=1000000` looks further. */
const paths = Number(process.env.STAGEPASS_PATHS ?? 4_000);
const seed = Number(process.env.STAGEPASS_SEED ?? randomInt(2 ** 32));
const connections = 8;
const perRound = 1_024;
/** Of all paths; what random paths never open shows nothing about what they open. */
const leastExempt = 0.08;

/** Returns so many random targets, of at most a few parts each. */
function randomTargets(random: (limit: number) => number, count: number): string[] {
  return Array.from({ length: count }, () => {
    const start = [prefixes, heads].map(list => list[random(list.length)]).join('');
    return `${start}${randomText(random, parts, 4)}` || '/';
  });
}

/**
 * Cuts out what the plugin's router sees, as a second implementation: Express takes one more slash for the end of a
 * mount path, cuts a fragment off, and turns the backslashes of an absolute target, or one with a fragment, around.
 */
function pathBelow(target: string): string {
  const path = target.replace(/[?#].*$/s, '');
  const isAbsolute = path.startsWith('http:');
  const relative = isAbsolute ? path.slice('http://localhost'.length) : path;
  const turned = isAbsolute || target.includes('#') ? relative.replaceAll('\\', '/') : relative;
  return turned.replace(/^\/api\/test(\/(?=\/))?/i, '');
}

/** Says what is wrong with an answer to nobody's request; undefined for nothing. */
function violationOf({ target, status, text }: Reply, tidies: boolean): string | undefined {
  const handler = /"handler":"(\w+)"/.exec(text)?.[1];
  if (handler === undefined) return status < 300 && status > 0 ? `${status} ${text}` : undefined;
  if (!['public', 'item', 'file'].includes(handler)) return `${handler} answered`;
  const path = pathBelow(target);
  // What the narrower policy guards is not open, however it is written.
  const read = tidies ? pathBelow(new URL(target, 'http://localhost').pathname) : path;
  if (/^\/public\/s([/;]|$)/i.test(read)) return 'the guarded part answered';
  const isAmbiguous =
    /\/\/|\\|%2f|%5c|%00|%25[0-9a-f]{2}/i.test(path) ||
    path.split('/').some(segment => /^\.{1,2}(;|$)/.test(segment.replace(/%2e/gi, '.')));
  return isAmbiguous && !tidies ? 'a path with two readings was exempt' : undefined;
}

describeAdapters('PATH-14: of random raw paths', (start, name) => {
  it.each([[false], [true]])(
    'only the named handlers answer without credentials, with a lenient router: %s',
    async lenientRouter => {
      const quiet = { logger: silentLogger, onAuthEvent: () => undefined };
      const { auth, port } = await start({ policies, lenientRouter, httpAuth: quiet });
      const random = createRandom(lenientRouter ? seed : ~seed);
      const pipelines = Array.from({ length: connections }, () => new Pipeline(port));
      const exempt: Record<string, number> = { public: 0, item: 0, file: 0 };
      const violations: object[] = [];
      const total = Math.ceil(paths / 2);
      for (let done = 0; done < total; done += perRound) {
        const targets = randomTargets(random, Math.min(perRound, total - done));
        const share = Math.ceil(targets.length / connections);
        const rounds = pipelines.map((pipeline, index) =>
          pipeline.send(targets.slice(index * share, (index + 1) * share)),
        );
        for (const reply of (await Promise.all(rounds)).flat()) {
          // Hono is handed the path as `URL` tidies it, and `node:http` here has a router that does so.
          const violation = violationOf(reply, name === 'Hono on Node');
          if (violation !== undefined) violations.push({ ...reply, violation });
          const handler = /^\{"handler":"(\w+)"/.exec(reply.text)?.[1];
          if (handler !== undefined) exempt[handler] = (exempt[handler] ?? 0) + 1;
        }
      }
      pipelines.forEach(pipeline => pipeline.close());
      const open = Object.values(exempt).reduce((sum, count) => sum + count, 0);
      process.stdout.write(
        `PATH-14 ${name}${lenientRouter ? ', lenient' : ''}: ${total} paths, ${open} exempt ` +
          `(${JSON.stringify(exempt)}), ${violations.length} violations, STAGEPASS_SEED=${seed}\n`,
      );
      expect(violations.slice(0, 10)).toEqual([]);
      expect(auth.verified).toEqual([]);
      expect(open).toBeGreaterThan(total * leastExempt);
      for (const count of Object.values(exempt)) expect(count).toBeGreaterThan(total * 0.005);
    },
    60_000 + 10 * paths,
  );
});
