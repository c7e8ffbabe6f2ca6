import type { AuthPolicy } from '@stagepass/auth-node';
import { addPolicy, decideAccess, type PolicyRule } from './pathPolicy';
import { PolicyIndex } from './PolicyIndex';

const policies: AuthPolicy[] = [
  { path: '/public', allow: 'unauthenticated' },
  { path: '/public/secret', allow: 'user-cookie' },
  { path: '/item', allow: 'unauthenticated', exact: true },
  { path: '/files/:id', allow: 'user-cookie', methods: ['GET'] },
  { path: '/:any/open', allow: 'unauthenticated' },
  { path: '/maß{k}/x', allow: 'unauthenticated' },
  { path: '/v:version/status', allow: 'user-cookie' },
  { path: '/ende/*rest', allow: 'unauthenticated' },
];

const rules = policies.reduce<readonly PolicyRule[]>(addPolicy, []);

const starts = [
  ...['', 'public', 'PUBLIC', 'Public', 'publi', 'publicx', 'item', 'files', 'ende', 'v1', 'any'],
  ...[
    '%70ublic',
    'public;x',
    'pub%6Cic',
    '.',
    '..',
    'maß',
    'mask',
    'MASSK',
    'ma\u00dfk',
    'public\\',
  ],
];
const ends = [
  '',
  '/',
  '/secret',
  '/open',
  '/a',
  '/a/b',
  '/status',
  '/x',
  '//',
  '?',
  '/%2e%2e',
  '/;',
];
const paths = starts.flatMap(start => ends.map(end => `/${start}${end}`));

describe('PolicyIndex', () => {
  it.each([[true], [false]])(
    'changes no decision, where routers ignore case: %s',
    caseInsensitive => {
      const index = new PolicyIndex(rules);
      const decisions = new Set<string>();
      for (const path of ['', '*', 'public', ...paths]) {
        for (const method of ['GET', 'POST', undefined]) {
          const decided = decideAccess(rules, method, path, { caseInsensitive });
          const found = index.rulesFor(path);
          expect([path, decideAccess(found, method, path, { caseInsensitive })]).toEqual([
            path,
            decided,
          ]);
          decisions.add(decided);
        }
      }
      expect(decisions).toEqual(new Set(['closed', 'user-cookie', 'unauthenticated']));
    },
  );

  it('looks at the rules that begin as the path does, and at those that may begin with anything', () => {
    const told = (path: string) => new PolicyIndex(rules).rulesFor(path).map(rule => rule.path);
    const others = ['/:any/open', '/v:version/status'];
    expect(told('/public/x').toSorted()).toEqual(
      ['/public', '/public/secret', ...others].toSorted(),
    );
    expect(told('/PUBLIC')).toEqual(told('/public'));
    expect(told('/nothing')).toEqual(others);
    expect(told('/%70ublic')).toEqual(rules.map(rule => rule.path));
  });
});
