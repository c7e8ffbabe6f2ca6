import type { AuthPolicy } from '@stagepass/auth-node';
import { createRandom, randomText } from '../../packages/auth-http/src/testing/random';
import { describeAdapters } from './adapters';

const parts = [
  ...['/', '/', '/public', '/PUBLIC', '/files/', '/files/', '/item', '/view', '/user', 'public'],
  ...['.', '..', '/..', '/../', '/./', '%2e', '%2f', '%5c', '\\', '%70', '%25', '%', ';', 'a', 'B'],
  ...['?', '#', '%00', '%23', '%3f', '%3b', '\u00e9', '%c3%a9', '/api/test', '//', 's', 'S', ':id'],
];
const heads = ['/public', '/item', '/files/', '/view', ''];
const prefixes = [
  '/api/test',
  '/api/test',
  '/api/test',
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
const requests = 1_000;
const atOnce = 25;

describeAdapters('PATH-14: of random raw paths', start => {
  it.each([[false], [true]])(
    'only the named handlers answer without credentials, with a lenient router: %s',
    async lenientRouter => {
      const { auth, send } = await start({ policies, lenientRouter });
      const random = createRandom(lenientRouter ? 14 : 41);
      const reached: Record<string, number> = { public: 0, item: 0, file: 0 };
      for (let count = 0; count < requests; count += atOnce) {
        const targets = Array.from(
          { length: atOnce },
          () =>
            [prefixes, heads].map(list => list[random(list.length)]).join('') +
            randomText(random, parts, 4),
        );
        const answers = await Promise.all(
          targets
            .filter(target => target !== '')
            .map(async target => ({
              target,
              handler: /"handler":"(\w+)"/.exec((await send(`GET ${target}`)).text)?.[1],
            })),
        );
        for (const { target, handler } of answers) {
          if (handler === undefined) continue;
          expect({ target, handler }).toEqual({
            target,
            handler: expect.stringMatching(/^(public|item|file)$/) as unknown,
          });
          // What the narrower policy guards is not open, however it is written.
          if (handler === 'public') expect(target).not.toMatch(/public[/]s([/?;#]|$)/i);
          reached[handler] = (reached[handler] ?? 0) + 1;
        }
      }
      expect(auth.verified).toEqual([]);
      for (const times of Object.values(reached)) expect(times).toBeGreaterThan(3);
    },
  );
});
