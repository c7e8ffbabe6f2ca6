import fc from 'fast-check';
import type { PathInput, PolicyInput } from './pathRun';
import { RUNS, type Scenario } from './tokenScenarios';

const literals = ['files', 'Files', 'api', 'v1', 'a', 'a b', 'käse', 'health.json', 'files-old'];
const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...literals) },
  { weight: 1, arbitrary: fc.constantFrom(':id', ':name', 'x-:id') },
);
const joined = fc.array(segment, { minLength: 1, maxLength: 3 }).map(uniqueNames);
const policyPath = fc.oneof(
  { weight: 6, arbitrary: joined.map(parts => `/${parts.join('/')}`) },
  { weight: 1, arbitrary: joined.map(parts => `/${parts.join('/')}/*rest`) },
  { weight: 1, arbitrary: joined.map(parts => `/${parts.join('/')}{/opt}`) },
  { weight: 1, arbitrary: fc.constantFrom('/', '*') },
);
const allow = fc.constantFrom('unauthenticated', 'user-cookie');
const policy: fc.Arbitrary<PolicyInput> = fc.record({ path: policyPath, allow });
const method = fc.constantFrom('GET', 'POST', 'HEAD', 'DELETE');

/** A name may stand once in a path. */
function uniqueNames(parts: string[]): string[] {
  return parts.map((part, index) => part.replace(/:\w+/, name => `${name}${index}`));
}

/** A path that the policy covers: its segments filled in, and perhaps something below. */
function below({ path }: PolicyInput): fc.Arbitrary<string> {
  const filled =
    path === '*'
      ? '/'
      : path
          .replace(/\{(.*)\}/, '$1')
          .replace(/[:*]\w+/g, 'x1')
          .replaceAll(' ', ' ');
  return fc
    .tuple(fc.constantFrom('', '/', '/y', '/y/z', 'y'), fc.boolean())
    .map(([more, upper]) => {
      const whole = `${filled === '/' ? '' : filled}${more}` || '/';
      const absolute = whole.startsWith('/') ? whole : `/${whole}`;
      return upper ? absolute.toUpperCase() : absolute;
    });
}

const anyPath = fc
  .array(fc.constantFrom(...literals, 'x1', 'y'), { maxLength: 4 })
  .map(parts => `/${parts.join('/')}`);
const oddities = [
  '//',
  '/../',
  '/./',
  '/%2e%2e/',
  '/%2E/',
  '/..;/',
  '/;x/',
  '%2f',
  '%2F',
  '%5c',
  '\\',
  '%00',
  '%252f',
  '%zz',
  '%',
  '%c3',
  '\t',
  '/..',
];
const encoded = (path: string) =>
  fc.nat(path.length).map(at => {
    const character = path[at];
    if (character === undefined || character === '/' || character === '%') return path;
    return `${path.slice(0, at)}${Buffer.from(character).toString('hex').replace(/../g, '%$&')}${path.slice(at + 1)}`;
  });

function scenario(
  name: string,
  branch: string | undefined,
  policies: fc.Arbitrary<PolicyInput[]>,
  path: (policies: readonly PolicyInput[]) => fc.Arbitrary<string>,
  runs = RUNS + 30,
  anyCase: fc.Arbitrary<true | undefined> = fc.constant(undefined),
): Scenario<PathInput> {
  const inputs = policies.chain(list =>
    fc
      .record({ policies: fc.constant(list), method, path: path(list), anyCase })
      .map(({ anyCase: sensitive, ...input }) =>
        sensitive ? { ...input, anyCase: sensitive } : input,
      ),
  );
  return { name, branch, inputs, runs };
}

const one = policy.map(it => [it]);
const some = fc.array(policy, { minLength: 1, maxLength: 4 });
const alike = fc.tuple(some, allow).map(([list, word]) => list.map(it => ({ ...it, allow: word })));
const inside = (list: readonly PolicyInput[]) => fc.constantFrom(...list).chain(below);
const odd = (list: readonly PolicyInput[]) =>
  fc
    .tuple(inside(list), fc.constantFrom(...oddities), fc.boolean())
    .map(([path, oddity, atEnd]) => (atEnd ? `${path}${oddity}` : `${path}${oddity}x`));

/** Policies and paths of all sorts. */
export const pathScenarios: Scenario<PathInput>[] = [
  scenario('below a policy', 'accepted', one, inside, 600),
  scenario('below one of several alike', 'accepted', alike, inside, 1_200),
  scenario('anywhere', 'refused CLOSED', one, () => anyPath, 500),
  scenario('without policies', 'refused CLOSED', fc.constant([]), () => anyPath),
  scenario('that could be read in two ways', 'documented ambiguous-paths', one, odd, 500),
  scenario(
    'in another case, before a router that may tell cases apart',
    'documented case-of-paths',
    joined.map(parts => [{ path: `/${parts.join('/')}`, allow: 'unauthenticated' }]),
    list => below(list[0]!).map(path => path.replace(/^[^.]+?[a-z]/, start => start.toUpperCase())),
    2 * RUNS,
    fc.constant(true as const),
  ),
  scenario(
    'before a router that may tell cases apart',
    undefined,
    some,
    list => fc.oneof(inside(list), inside(list).chain(encoded)),
    500,
    fc.constant(true as const),
  ),
  scenario('with encoded characters', undefined, some, list => inside(list).chain(encoded), 500),
  scenario(
    'with an encoded character that the policy has too',
    'documented encoded-paths',
    fc
      .constantFrom('/a%20b', '/%66iles', '/k%C3%A4se')
      .chain(path => allow.map(word => [{ path, allow: word }])),
    list => fc.constantFrom('', '/y').map(more => `${list[0]!.path}${more}`),
  ),
  scenario(
    'below policies that contradict each other',
    'documented contradicting-policies',
    policy.chain(it =>
      fc.constantFrom(it.path, it.path.toUpperCase().replace(/\{.*\}/, '')).map(path => [
        { ...it, allow: 'unauthenticated' },
        {
          path: path.replace(/:ID|:NAME/g, ':other').replace('*REST', '*rest'),
          allow: 'user-cookie',
        },
      ]),
    ),
    inside,
  ),
  scenario(
    'below a narrower policy of another kind',
    'documented most-specific-policy',
    joined.map(parts => [
      { path: `/${parts.join('/')}`, allow: 'unauthenticated' },
      { path: `/${parts.join('/')}/below`, allow: 'user-cookie' },
    ]),
    list => below(list[1]!).map(path => path.replace(/\/y(\/z)?$/, '').replace(/y$/, '')),
  ),
  scenario(
    'below a wider policy of another kind',
    'accepted',
    joined.map(parts => [
      { path: `/${parts.join('/')}`, allow: 'user-cookie' },
      { path: `/${parts.join('/')}/below`, allow: 'unauthenticated' },
    ]),
    list => fc.oneof(below(list[0]!), below(list[1]!)).map(path => path.replace(/(.)y$/, '$1')),
    400,
  ),
  scenario(
    'with a policy that both refuse',
    'refused AUTH_CONFIG_INVALID',
    fc
      .constantFrom(
        { path: '/a/*', allow: 'unauthenticated' },
        { path: '/:', allow: 'user-cookie' },
        { path: '/:x?', allow: 'user-cookie' },
        { path: '(.*)', allow: 'unauthenticated' },
        { path: '/a', allow: 'everyone' },
        { path: '/a', allow: '' },
        { path: '/{a', allow: 'user-cookie' },
        { path: '/:a/:a(', allow: 'user-cookie' },
      )
      .map(it => [it]),
    () => anyPath,
  ),
  scenario(
    'with a policy path that does not begin with a slash, or has two wildcards',
    'documented policy-paths',
    fc
      .oneof(
        fc.constantFrom('files', 'a/b', ':id', '*rest', '{/a}').filter(path => path !== '*rest'),
        fc.constant('/*a/x/*b'),
      )
      .chain(path => allow.map(word => [{ path, allow: word }])),
    () => fc.constantFrom('/x/y/x/z', '/1/x/2').chain(fc.constant),
    2 * RUNS,
  ),
  scenario(
    'below a policy for some methods',
    undefined,
    policy
      .chain(it =>
        fc.record({
          path: fc.constant(it.path),
          allow: fc.constant(it.allow),
          methods: fc.constantFrom(['GET'], ['POST', 'DELETE']),
        }),
      )
      .map(it => [it]),
    inside,
    200,
  ),
  scenario(
    'below a policy for other methods',
    'documented policy-methods-and-exact',
    policy.map(it => [{ ...it, methods: ['PUT'] }]),
    inside,
    300,
  ),
  scenario(
    'below an exact policy',
    undefined,
    policy.filter(({ path }) => path !== '*').map(it => [{ ...it, exact: true }]),
    inside,
    200,
  ),
  scenario(
    'anything',
    undefined,
    some,
    list => fc.oneof(anyPath, inside(list), odd(list), inside(list).chain(encoded)),
    1_500,
    fc.constantFrom(true as const, undefined),
  ),
];
