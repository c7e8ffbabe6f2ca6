import type { Random } from './Target';

type Tree = Record<string, unknown> | unknown[];

/** Values of every type, the borders of numbers among them. */
const values: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    -1,
    1,
    1.5,
    253_402_300_799,
    253_402_300_800,
    2 ** 53,
    1e308,
    -1e308,
  ],
  ...['', ' ', '0', 'null', 'a', [], {}, [[]], [{}], [null], { '': null }],
];

/**
 * Changes one member somewhere in a JSON text: takes another value for it, removes, renames, copies or wraps
 * it, or puts one in.
 *
 * @returns undefined for a text that is no object or list, or has nothing in it
 */
export function mutateTree(
  bytes: Buffer,
  random: Random,
  { dictionary, other }: { readonly dictionary: readonly string[]; readonly other: Buffer },
): Buffer | undefined {
  const root = parse(bytes);
  const trees = root === undefined ? [] : listTrees(root);
  const tree = trees[random(trees.length || 1)];
  if (!tree) return undefined;
  const pick = <T>(list: readonly T[]): T | undefined => list[random(list.length || 1)];
  const newName = () => (Array.isArray(tree) ? String(tree.length) : (pick(dictionary) ?? 'a'));
  const newValue = (): unknown => {
    const foreign = random(4) === 0 ? parse(other) : undefined;
    if (foreign) return pick(listTrees(foreign));
    return random(2) === 0 ? pick(dictionary) : pick(values);
  };
  const members = tree as Record<string, unknown>;
  const name = pick(Object.keys(tree));
  // Setting `__proto__` would change the object instead of giving it a member.
  const set = (key: string, value: unknown) =>
    Object.defineProperty(tree, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  if (name === undefined || random(6) === 0) set(newName(), newValue());
  else {
    switch (random(6)) {
      case 0:
        delete members[name];
        break;
      case 1:
        set(newName(), members[name]);
        break;
      case 2:
        set(name, [members[name]]);
        break;
      case 3:
        set(
          name,
          typeof members[name] === 'string' ? members[name] + String(pick(dictionary)) : null,
        );
        break;
      default:
        set(name, newValue());
    }
  }
  return Buffer.from(JSON.stringify(root));
}

function parse(bytes: Buffer): Tree | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Tree) : undefined;
  } catch {
    return undefined;
  }
}

/** The objects and lists in a value; not so deep that the stack would not hold them. */
function listTrees(value: unknown, depth = 0): Tree[] {
  if (typeof value !== 'object' || value === null || depth > 200) return [];
  return [value as Tree, ...Object.values(value).flatMap(it => listTrees(it, depth + 1))];
}
