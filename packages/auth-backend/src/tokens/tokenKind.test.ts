import { createKey } from '../testing/keyFixtures';
import { forge } from '../testing/tokenFixtures';
import { parseCompact } from './parseCompact';
import { tokenKindOf } from './tokenKind';

const { signing } = createKey('k');

describe('tokenKindOf', () => {
  it.each([
    ['vnd.backstage.plugin', 'plugin'],
    ['vnd.backstage.user', 'user'],
    ['vnd.backstage.limited-user', 'limited-user'],
    ['vnd.backstage.User', 'other'],
    ['JWT', 'other'],
    ['', 'other'],
    [undefined, 'other'],
  ])('takes a token of typ %j for one of the kind %s', (typ, kind) => {
    expect(tokenKindOf(parseCompact(forge({ alg: 'ES256', typ }, {}, signing)))).toBe(kind);
  });

  it('knows none of what is no token', () => {
    expect(tokenKindOf(undefined)).toBe('other');
  });
});
