import type { AuthPolicy } from '@stagepass/auth-node';
import { match } from 'path-to-regexp';
import { pathBelow } from '../../../packages/auth-http/src/core/pathBelow';
import {
  type Access,
  addPolicy,
  decideAccess,
  type PolicyRule,
} from '../../../packages/auth-http/src/core/pathPolicy';
import { readRequestPath } from '../../../packages/auth-http/src/core/requestPath';
import { attempt, type Outcome, promise } from '../promises';
import type { Target } from '../Target';

const core = 'packages/auth-http/src/core';
const openness: readonly Access[] = ['closed', 'user-cookie', 'unauthenticated'];

/**
 * A request target, in the first line, and the policies of a plugin, a line each: a letter, of whose bits one
 * says what is allowed, one whether exactly, one whether by GET alone; then the path of the policy.
 */
export const policies: Target = {
  name: 'policies',
  sources: ['pathPattern', 'pathPolicy', 'requestPath'].map(it => `${core}/${it}.ts`),
  dictionary: [
    ...[
      '/a',
      '/:id',
      '/*rest',
      '{/:b}',
      '{',
      '}',
      '\n@/',
      '\nA/a',
      '\nB/:id',
      '\nE/*x',
      '*',
      '\\:',
    ],
    ...['%2f', '%2e', '%25', '%41', ';x', '..', '/./', '//', '#', '?', '/A', ':"a b"'],
  ],
  maxLength: 200,
  stepsPerByte: 40_000,
  check(input) {
    const [target = '', ...lines] = input.toString('utf8').split('\n');
    const path = pathBelow(target);
    const list = lines.slice(0, 6).map(readLine);
    const rules = readPolicies(list);
    const backwards = readPolicies([...list].reverse());
    promise('value' in rules === 'value' in backwards, 'finds a contradiction in any order');
    if (!('value' in rules) || !('value' in backwards)) return;
    for (const method of ['GET', 'HEAD', 'POST', undefined]) {
      const access = decideAccess(rules.value, method, path);
      promise(openness.includes(access), 'decides');
      promise(
        access === decideAccess(backwards.value, method, path),
        'decides the same in any order',
      );
      promise(access === decideAccess(rules.value, method, path), 'decides the same twice');
      const lenient = decideAccess(rules.value, method, path, { caseInsensitive: true });
      promise(
        openness.indexOf(access) <= openness.indexOf(lenient),
        'opens no more where less is known',
      );
      if (access !== 'closed')
        checkOpen(
          path,
          access,
          list.filter(it => allows(it, method)),
        );
    }
    promise((readRequestPath(path)?.length ?? 0) <= 9, 'reads a path in few ways');
  },
};

/** Holds an open path to what a router that ignores case and slashes, and a URL parser, make of it. */
function checkOpen(path: string, access: Access, list: readonly AuthPolicy[]): void {
  const decoded = decodeURIComponent(path);
  const matching = list.filter(({ path: pattern, exact }) => {
    const isAll = pattern === '*' || (pattern === '/' && !exact);
    return isAll || match(pattern, { end: exact ?? false, decode: false })(decoded) !== false;
  });
  promise(
    matching.some(({ allow }) => openness.indexOf(allow) >= openness.indexOf(access)),
    'opens what a policy names',
  );
  const { pathname } = new URL(`http://host${path}`);
  promise(pathname.split('/').length === path.split('/').length, 'opens what has one reading');
  promise(
    !/[#\\]|%2f|(^|\/)[.]{1,2}(\/|;|$)/i.test(decoded),
    'opens no path with dots or separators in disguise',
  );
}

function readPolicies(list: readonly AuthPolicy[]): Outcome<PolicyRule[]> {
  return attempt(
    () => list.reduce((rules: PolicyRule[], policy) => addPolicy(rules, policy), []),
    ['AUTH_CONFIG_INVALID'],
  );
}

function readLine(line: string): AuthPolicy {
  const bits = line.charCodeAt(0);
  return {
    path: line.slice(1),
    allow: bits & 1 ? 'unauthenticated' : 'user-cookie',
    ...(bits & 2 && { exact: true }),
    ...(bits & 4 && { methods: ['get'] }),
  };
}

function allows({ methods }: AuthPolicy, method: string | undefined): boolean {
  return !methods || method === 'GET' || method === 'HEAD';
}
