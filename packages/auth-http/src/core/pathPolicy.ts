import type { AuthPolicy } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import { covers, parsePathPattern, type PathPattern, type Reading } from './pathPattern';
import { readRequestPath } from './requestPath';

/** What a request needs, from the strictest: full credentials, these or the auth cookie, or nothing. */
export type Access = 'closed' | 'user-cookie' | 'unauthenticated';

/** A policy, or one form of it, ready to be applied. */
export interface PolicyRule {
  readonly path: string;
  readonly allow: AuthPolicy['allow'];
  /** Undefined stands for all. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly pattern: PathPattern;
}

const members: readonly string[] = ['path', 'allow', 'methods', 'exact'];

/**
 * Returns the rules extended by those of a further policy. The order in which policies are added makes no
 * difference.
 *
 * @throws Error `AUTH_CONFIG_INVALID` when the policy is malformed, or contradicts one that is neither
 *   wider nor narrower
 */
export function addPolicy(rules: readonly PolicyRule[], policy: AuthPolicy): PolicyRule[] {
  const added = parsePolicy(policy);
  for (const rule of rules) {
    const opposed = added.find(
      other => rule.allow !== other.allow && isEquallySpecific(rule, other),
    );
    if (opposed) {
      const both = `${quote(rule.allow)} and ${quote(opposed.allow)}`;
      throw invalid(
        policy,
        `the same requests cannot be both ${both}, the first by the policy for ${quote(rule.path)}`,
      );
    }
  }
  return [...rules, ...added];
}

/** A router that ignores case may still tell `/a` from `/a/`. */
const caseIgnored = ['any case', 'any case and slash'] as const satisfies Reading[];
const allReadings = ['as written', 'any slash', ...caseIgnored] as const satisfies Reading[];

/**
 * Decides what a request needs: what the most specific of the rules that match it says, and the stricter
 * where none of them is the most specific. Closed where no rule matches, and for paths that could be read
 * in two ways.
 *
 * Which handler answers, the router decides, and routers compare paths with or without regard to case and to a
 * trailing slash. So each of these readings counts, and each form of an encoded path; the strictest wins.
 *
 * @param path - the path below the plugin as received, without query
 * @param options - `caseInsensitive`: the router is known to ignore case
 */
export function decideAccess(
  rules: readonly PolicyRule[],
  method: string | undefined,
  path: string,
  options: { caseInsensitive?: boolean } = {},
): Access {
  const readings = options.caseInsensitive ? caseIgnored : allReadings;
  // The path as received is one of the forms, and what a single reading leaves closed stays closed: most requests
  // need to be looked at no further.
  if (
    !rules.some(rule => hasMethod(rule, method) && rule.pattern.regexps[readings[0]].test(path))
  ) {
    return 'closed';
  }
  const forms = readRequestPath(path);
  if (!forms) return 'closed';
  const ofMethod = rules.filter(rule => hasMethod(rule, method));
  const caseless = [...forms, ...forms.flatMap(lowered)];
  let access: Access = 'unauthenticated';
  for (const reading of readings) {
    for (const form of isCaseless(reading) ? caseless : forms) {
      const decided = decide(ofMethod.filter(rule => rule.pattern.regexps[reading].test(form)));
      if (decided === 'closed') return 'closed';
      access = strictest([access, decided]);
    }
  }
  return access;
}

function isCaseless(reading: Reading): boolean {
  return reading === 'any case' || reading === 'any case and slash';
}

function hasMethod({ methods }: PolicyRule, method: string | undefined): boolean {
  return !methods || methods.has(method ?? '');
}

/** Some routers compare in lower case, where the Kelvin sign is a `k`; to a regular expression it is not. */
function lowered(form: string): string[] {
  const isPlain = /^[\x20-\x7e]*$/.test(form);
  return isPlain ? [] : [form.toLowerCase()];
}

function decide(matching: readonly PolicyRule[]): Access {
  if (matching.length === 0) return 'closed';
  const decisive = matching.filter(rule => !matching.some(other => isMoreSpecific(other, rule)));
  return strictest(decisive.map(rule => rule.allow));
}

function strictest(answers: readonly Access[]): Access {
  if (answers.includes('closed')) return 'closed';
  return answers.includes('user-cookie') ? 'user-cookie' : 'unauthenticated';
}

function isMoreSpecific(rule: PolicyRule, other: PolicyRule): boolean {
  return coversRule(other, rule) && !coversRule(rule, other);
}

function coversRule(general: PolicyRule, special: PolicyRule): boolean {
  return covers(general.pattern, special.pattern) && isSuperset(general.methods, special.methods);
}

function isEquallySpecific(rule: PolicyRule, other: PolicyRule): boolean {
  return (
    covers(rule.pattern, other.pattern) &&
    covers(other.pattern, rule.pattern) &&
    overlap(rule.methods, other.methods) &&
    isSuperset(rule.methods, other.methods) === isSuperset(other.methods, rule.methods)
  );
}

type Methods = PolicyRule['methods'];

function isSuperset(methods: Methods, others: Methods): boolean {
  if (!methods) return true;
  return others !== undefined && [...others].every(method => methods.has(method));
}

function overlap(methods: Methods, others: Methods): boolean {
  return !methods || !others || [...others].some(method => methods.has(method));
}

function parsePolicy(policy: AuthPolicy): PolicyRule[] {
  const { path, allow, exact = false } = policy;
  const unknown = Object.keys(policy).find(member => !members.includes(member));
  if (unknown !== undefined) {
    throw invalid(policy, `it may have ${members.join(', ')}, found ${quote(unknown)}`);
  }
  if (allow !== 'unauthenticated' && allow !== 'user-cookie') {
    throw invalid(
      policy,
      `allow must be 'unauthenticated' or 'user-cookie', found ${quote(allow)}`,
    );
  }
  if (typeof exact !== 'boolean') {
    throw invalid(policy, `exact must be true or false, found ${quote(exact)}`);
  }
  const methods = parseMethods(policy);
  return parsePattern(policy, exact).map(pattern => ({ path, allow, methods, pattern }));
}

function parsePattern(policy: AuthPolicy, exact: boolean): PathPattern[] {
  try {
    if (typeof policy.path !== 'string') throw new Error('it is not a string');
    return parsePathPattern(policy.path, exact);
  } catch (error) {
    throw invalid(
      policy,
      `${(error as Error).message}. Accepted are "/" and "*" for the whole plugin, and paths such as ` +
        '"/files", "/files/:id", "/files{/:id}" and "/files/*rest" in the grammar of path-to-regexp 8',
    );
  }
}

function parseMethods(policy: AuthPolicy): Methods {
  const methods: unknown = policy.methods;
  if (methods === undefined) return undefined;
  const valid =
    Array.isArray(methods) &&
    methods.length > 0 &&
    methods.every(method => typeof method === 'string' && /^[a-z]+(-[a-z]+)*$/i.test(method));
  if (!valid) {
    throw invalid(policy, `methods must be a list of HTTP methods, found ${quote(methods)}`);
  }
  const names = new Set(methods.map(method => String(method).toUpperCase()));
  return names.has('GET') ? names.add('HEAD') : names;
}

function invalid(policy: AuthPolicy, problem: string): Error {
  return createAuthError(
    'AUTH_CONFIG_INVALID',
    `Invalid auth policy for path ${quote(policy.path)}: ${problem}`,
  );
}
