import { isPluginId } from './pluginId';

describe('isPluginId', () => {
  it.each(['catalog', 'tech-docs', 'my_plugin2', 'A', '0', '__proto__', 'a'.repeat(128)])(
    'takes %s',
    id => {
      expect(isPluginId(id)).toBe(true);
    },
  );

  it.each<[unknown]>([
    [undefined],
    [null],
    [1],
    [['catalog']],
    [{}],
    [new String('catalog')],
    [''],
    ['.'],
    ['..'],
    ['../auth'],
    ['a/b'],
    ['a%2fb'],
    ['a?x'],
    ['a#x'],
    ['a\\b'],
    ['@evil.com'],
    ['evil.com:80'],
    ['[::1]'],
    ['a b'],
    ['a\n'],
    ['a\u0000'],
    ['\u212Aatalog'],
    ['cat\u0430log'],
    ['a'.repeat(129)],
    ['a'.repeat(10_000)],
  ])('refuses %j', id => {
    expect(isPluginId(id)).toBe(false);
  });
});
