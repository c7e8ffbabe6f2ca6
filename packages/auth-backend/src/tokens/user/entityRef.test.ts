import { isEntityRef } from './entityRef';

describe('isEntityRef', () => {
  it.each([
    'user:default/jane',
    'user:jane',
    'User:Default/Jane.Doe_1-2',
    'user:default/jane@example.com',
    'user:default/josé',
    'user:default/李',
    '__proto__:constructor/toString',
  ])('takes %j', ref => {
    expect(isEntityRef(ref)).toBe(true);
  });

  it.each<[unknown]>([
    [undefined],
    [null],
    [1],
    [['user:default/jane']],
    [new String('user:default/jane')],
    [''],
    ['jane'],
    ['default/jane'],
    ['user:'],
    ['user:default/'],
    ['user:/jane'],
    [':default/jane'],
    ['user::jane'],
    ['user:default/a/b'],
    ['user:default/a:b'],
    ['user:default/a b'],
    [' user:default/a'],
    ['user:default/a\n'],
    ['user:default/a\u0000'],
    ['user:default/a\u001b[31m'],
    ['user:default/a\u200b'],
    ['user:default/a\u202e'],
    ['user:default/a\u2028'],
    ['user:default/a\u00a0'],
    ['user:default/\ud800'],
  ])('refuses %j', ref => {
    expect(isEntityRef(ref)).toBe(false);
  });

  it('takes no longer for a long text that is none', () => {
    expect(isEntityRef(`${'a'.repeat(1_000_000)}:${'b'.repeat(1_000_000)}/`)).toBe(false);
  });
});
