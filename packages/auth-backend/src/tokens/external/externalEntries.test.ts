import {
  indexOwners,
  type ExternalEntry,
  isExternalSubject,
  type JwksAccess,
  subjectPrefixOf,
} from './externalEntries';

const party = (subjectPrefix?: string): JwksAccess => ({
  type: 'jwks',
  path: `the entry of ${subjectPrefix ?? 'no prefix'}`,
  url: 'https://idp.example/keys',
  algorithms: ['ES256'],
  ...(subjectPrefix !== undefined && { subjectPrefix }),
});

const plain = party();
const ci = party('ci');
const deploy = party('ci:deploy');
const fixed: ExternalEntry = { type: 'static', path: 'x', token: 't', subject: 'external:fixed' };
const old: ExternalEntry = {
  type: 'legacy',
  path: 'y',
  secret: Buffer.alloc(32),
  subject: 'external:ci:old',
};
const custom: ExternalEntry = { type: 'custom', path: 'z', handlerType: 'mesh', options: {} };
const entries = [custom, plain, ci, deploy, fixed, old];

describe('the prefix of subjects', () => {
  it.each([
    [plain, 'external:'],
    [party(''), 'external:'],
    [ci, 'external:ci:'],
    [deploy, 'external:ci:deploy:'],
  ])('of %o is %s', (entry, prefix) => {
    expect(subjectPrefixOf(entry)).toBe(prefix);
  });
});

describe('the subject of a third party', () => {
  it.each<[string, JwksAccess, ExternalEntry | undefined]>([
    ['external:x', plain, undefined],
    ['external:ci', plain, undefined],
    ['external:cid:x', plain, undefined],
    ['external:ci:x', plain, ci],
    ['external:ci:', plain, ci],
    ['external:ci:deploy', plain, ci],
    ['external:ci:deploy:x', ci, deploy],
    ['external:ci:x', ci, undefined],
    ['external:ci:deploy:x', deploy, undefined],
    ['external:fixed', plain, fixed],
    ['external:fixed:x', plain, undefined],
    ['external:ci:old', ci, old],
  ])('%s, of %o, is that of another entry or its own', (subject, entry, owner) => {
    expect(indexOwners(entries)(subject, entry)).toBe(owner);
  });

  it('is shared by entries of the same prefix', () => {
    const twin = party('ci');
    expect(indexOwners([ci, twin])('external:ci:x', ci)).toBeUndefined();
  });

  it('is its own, though a custom entry has a field of that name', () => {
    const odd = { ...custom, subject: 'external:x' } as ExternalEntry;
    expect(indexOwners([odd])('external:x', plain)).toBeUndefined();
  });
});

describe('isExternalSubject', () => {
  it.each([
    ['ci', true],
    ['external:ci', true],
    ['my-plugin:x', true],
    ['plugins:x', true],
    ['__proto__', true],
    ['', false],
    [' ', false],
    ['a b', false],
    ['a\n', false],
    ['a\u2028b', false],
    ['plugin:catalog', false],
    ['PLUGIN:catalog', false],
    ['user:default/jane', false],
    ['User:default/jane', false],
  ])('of %j is %s', (subject, expected) => {
    expect(isExternalSubject(subject)).toBe(expected);
  });
});
