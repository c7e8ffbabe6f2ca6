import type { JsonValue } from '@backstage/types';
import type { AccessRestrictionsMap } from '@stagepass/auth-node';
import {
  copyAccessRestrictions,
  readAccessRestrictions,
  restrictTo,
  writeAccessRestrictions,
} from './accessRestrictions';

const everything = JSON.parse(
  '{"catalog":{},"__proto__":{"permissionNames":["a.read","käse"]},"Tech-Docs_2":{"permissionAttributes":{"action":["read","update"]}},' +
    '"search":{"permissionNames":["b"],"permissionAttributes":{"action":["create","delete"]}}}',
) as JsonValue;

const ofCatalog = (entry: unknown) => ({ catalog: entry }) as JsonValue;
const MEMBERS = 'expected permissionNames and permissionAttributes alone for a plugin';
const NAMES = 'expected permissionNames to be a list of texts';
const ATTRIBUTES =
  'expected permissionAttributes to have a list of create, read, update, delete as action';

describe('readAccessRestrictions', () => {
  it('reads what a plugin may do in each plugin', () => {
    expect(readAccessRestrictions(everything)).toEqual(
      new Map<string, object>([
        ['catalog', {}],
        ['__proto__', { permissionNames: ['a.read', 'käse'] }],
        ['Tech-Docs_2', { permissionAttributes: { action: ['read', 'update'] } }],
        [
          'search',
          { permissionNames: ['b'], permissionAttributes: { action: ['create', 'delete'] } },
        ],
      ]),
    );
  });

  it('reads what was written', () => {
    const restrictions = readAccessRestrictions(everything) as AccessRestrictionsMap;
    const written = writeAccessRestrictions(restrictions);
    expect(JSON.stringify(written)).toBe(JSON.stringify(everything));
    expect(readAccessRestrictions(written)).toEqual(restrictions);
  });

  it.each<[JsonValue, string]>([
    [null, 'expected an object'],
    [true, 'expected an object'],
    ['catalog', 'expected an object'],
    [[], 'expected an object'],
    [[{ catalog: {} }], 'expected an object'],
    [{}, 'expected at least one plugin'],
    [{ '': {} }, 'expected plugin ids as members'],
    [{ '*': {} }, 'expected plugin ids as members'],
    [{ catalog: {}, '../x': {} }, 'expected plugin ids as members'],
    [{ 'a b': {} }, 'expected plugin ids as members'],
    [ofCatalog(null), MEMBERS],
    [ofCatalog(true), MEMBERS],
    [ofCatalog([]), MEMBERS],
    [ofCatalog({ permission: ['a'] }), MEMBERS],
    [ofCatalog({ permissionNames: ['a'], until: 1 }), MEMBERS],
    [{ search: {}, catalog: { permissionNames: ['a'], until: 1 } }, MEMBERS],
    [ofCatalog({ permissionNames: null }), NAMES],
    [ofCatalog({ permissionNames: 'a' }), NAMES],
    [ofCatalog({ permissionNames: [] }), NAMES],
    [ofCatalog({ permissionNames: [''] }), NAMES],
    [ofCatalog({ permissionNames: ['a', 1] }), NAMES],
    [ofCatalog({ permissionNames: [['a']] }), NAMES],
    [ofCatalog({ permissionAttributes: null }), ATTRIBUTES],
    [ofCatalog({ permissionAttributes: [] }), ATTRIBUTES],
    [ofCatalog({ permissionAttributes: {} }), ATTRIBUTES],
    [ofCatalog({ permissionAttributes: { action: [] } }), ATTRIBUTES],
    [ofCatalog({ permissionAttributes: { action: 'read' } }), ATTRIBUTES],
    [ofCatalog({ permissionAttributes: { action: ['read', 'write'] } }), ATTRIBUTES],
    [ofCatalog({ permissionAttributes: { action: ['READ'] } }), ATTRIBUTES],
    [ofCatalog({ permissionAttributes: { action: ['read'], kind: ['x'] } }), ATTRIBUTES],
  ])('refuses %j', (value, problem) => {
    expect(readAccessRestrictions(value)).toBe(problem);
  });

  it('reads 8 KiB and no more, whatever the characters', () => {
    const around = JSON.stringify(ofCatalog({ permissionNames: [''] })).length;
    for (const [character, bytes] of [
      ['a', 1],
      ['ä', 2],
      ['"', 2],
    ] as const) {
      const fits = Math.floor((8192 - around) / bytes);
      const names = (length: number) => ofCatalog({ permissionNames: [character.repeat(length)] });
      expect(readAccessRestrictions(names(fits))).toBeInstanceOf(Map);
      expect(readAccessRestrictions(names(fits + 1))).toBe('expected at most 8192 bytes');
    }
  });
});

describe('copyAccessRestrictions', () => {
  it('copies everything, and nothing more', () => {
    const restrictions = readAccessRestrictions(everything) as AccessRestrictionsMap;
    expect(copyAccessRestrictions(restrictions)).toStrictEqual(restrictions);
    const withoutAction: AccessRestrictionsMap = new Map([['a', { permissionAttributes: {} }]]);
    expect(copyAccessRestrictions(withoutAction)).toStrictEqual(withoutAction);
  });

  it('shares nothing with what it copies', () => {
    const restrictions = readAccessRestrictions(everything) as AccessRestrictionsMap;
    const copy = copyAccessRestrictions(restrictions);
    copy.get('__proto__')!.permissionNames!.push('b.write');
    copy.get('search')!.permissionAttributes!.action!.push('update');
    copy.delete('catalog');
    expect(restrictions).toEqual(readAccessRestrictions(everything));
  });
});

describe('restrictTo', () => {
  const all: AccessRestrictionsMap = new Map([
    ['catalog', { permissionNames: ['a'] }],
    ['search', {}],
  ]);

  it('picks what a plugin is told of a caller, and keeps the rest for calls onward', () => {
    expect(restrictTo('catalog', all, 'not here')).toEqual({
      accessRestrictions: { permissionNames: ['a'] },
      allAccessRestrictions: all,
    });
    expect(restrictTo('search', all, 'not here').accessRestrictions).toEqual({});
  });

  it.each(['scaffolder', 'Catalog', '__proto__', 'toString', ''])(
    'RST-01 refuses the plugin %j, which is not listed, and names no other to the caller',
    pluginId => {
      expect(() => restrictTo(pluginId, all, 'not here')).toThrow(
        expect.objectContaining({
          name: 'NotAllowedError',
          code: 'AUTH_ACCESS_RESTRICTED',
          message: 'Access to this plugin is restricted',
          reason: 'not here',
        }),
      );
    },
  );
});
