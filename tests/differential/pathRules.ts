import { pathToRegexp } from 'path-to-regexp';
import type { Rule } from './engine';
import type { PathInput, PolicyInput } from './pathRun';

/** Written for this suite: paths that two programs could read as two. */
function isAmbiguous(path: string): boolean {
  const decoded = decode(path);
  if (decoded === undefined || /%2f/i.test(path)) return true;
  if (/[\p{Cc}\\]|%[0-9a-f]{2}/iu.test(decoded)) return true;
  const segments = decoded
    .replace(/;[^/]*/g, '')
    .slice(1)
    .split('/');
  return segments.some((segment, index) => {
    return segment === '.' || segment === '..' || (segment === '' && index < segments.length - 1);
  });
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function matches({ path }: PolicyInput, requestPath: string, sensitive = false): boolean {
  if (path === '/' || path === '*') return true;
  try {
    return pathToRegexp(path, { end: false, sensitive }).regexp.test(requestPath);
  } catch {
    return false;
  }
}

const matched = ({ policies, path }: PathInput, allow?: string) =>
  policies.some(policy => (allow === undefined || policy.allow === allow) && matches(policy, path));

/** The forms of a policy path with and without its optional parts, written so that equals are equal. */
function shapes({ path }: PolicyInput): string[] {
  const expanded = /\{([^{}]*)\}/.test(path)
    ? [path.replace(/\{([^{}]*)\}/, '$1'), path.replace(/\{([^{}]*)\}/, '')].flatMap(form =>
        shapes({ path: form, allow: '' }),
      )
    : [path];
  return expanded.map(form =>
    form === '*' || form === '/'
      ? ''
      : form
          .toUpperCase()
          .replace(/[:*]\w+$/, '?')
          .replace(/:\w+/g, '?')
          .replace(/\*\w+/g, '**'),
  );
}

function contradict({ policies }: PathInput): boolean {
  return policies.some((policy, index) =>
    policies
      .slice(index + 1)
      .some(
        other =>
          policy.allow !== other.allow &&
          shapes(policy).some(shape => shapes(other).includes(shape)),
      ),
  );
}

const isClear = (policy: PolicyInput) => policy.methods === undefined && policy.exact === undefined;
const canBeAdded = (input: PathInput) =>
  !contradict(input) &&
  input.policies.every(
    ({ path }) => path === '*' || (path.startsWith('/') && (path.match(/\*/g) ?? []).length < 2),
  );

/** Where the two part over paths. */
export const pathRules: ReadonlyArray<Rule<PathInput>> = [
  {
    id: 'contradicting-policies',
    ours: 'refused',
    as: ['AUTH_CONFIG_INVALID'],
    covers: input => input.policies.every(isClear) && contradict(input),
  },
  {
    id: 'policy-paths',
    ours: 'refused',
    as: ['AUTH_CONFIG_INVALID'],
    covers: ({ policies }) =>
      policies.some(
        ({ path }) =>
          path !== '*' && (!path.startsWith('/') || (path.match(/\*/g) ?? []).length > 1),
      ),
  },
  {
    id: 'policy-methods-and-exact',
    ours: 'refused',
    covers: ({ policies, method, path }) => {
      const [policy] = policies;
      if (
        !policy ||
        policies.length > 1 ||
        isClear(policy) ||
        isAmbiguous(path) ||
        !matches(policy, path)
      )
        return false;
      const isOther =
        policy.methods !== undefined &&
        !policy.methods.includes(method) &&
        !(method === 'HEAD' && policy.methods.includes('GET'));
      return (
        isOther ||
        (policy.exact === true && !pathToRegexp(policy.path, { trailing: false }).regexp.test(path))
      );
    },
  },
  {
    id: 'ambiguous-paths',
    ours: 'refused',
    as: ['CLOSED'],
    covers: input => canBeAdded(input) && isAmbiguous(input.path) && matched(input),
  },
  {
    id: 'case-of-paths',
    ours: 'refused',
    as: ['CLOSED'],
    covers: input =>
      input.anyCase === true &&
      canBeAdded(input) &&
      !isAmbiguous(input.path) &&
      matched(input) &&
      !input.policies.some(policy => matches(policy, input.path, true)),
  },
  {
    id: 'encoded-paths',
    ours: 'refused',
    as: ['CLOSED'],
    covers: input => {
      const { path } = input;
      const decoded = decode(path);
      return (
        canBeAdded(input) &&
        !isAmbiguous(path) &&
        matched(input) &&
        decoded !== undefined &&
        !matched({ ...input, path: decoded })
      );
    },
  },
  {
    id: 'encoded-paths',
    ours: 'otherwise',
    covers: input => {
      const decoded = decode(input.path);
      return (
        decoded !== input.path &&
        decoded !== undefined &&
        matched({ ...input, path: decoded }, 'user-cookie')
      );
    },
  },
  {
    id: 'most-specific-policy',
    ours: 'otherwise',
    covers: input => matched(input, 'unauthenticated') && matched(input, 'user-cookie'),
  },
];
