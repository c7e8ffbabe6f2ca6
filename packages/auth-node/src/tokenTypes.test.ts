import { tokenTypes } from './index';

it('names the types of tokens as they are on the wire', () => {
  expect(tokenTypes).toEqual({
    user: { typParam: 'vnd.backstage.user', audClaim: 'backstage' },
    limitedUser: { typParam: 'vnd.backstage.limited-user' },
    plugin: { typParam: 'vnd.backstage.plugin' },
  });
  expect(Object.isFrozen(tokenTypes) && Object.isFrozen(tokenTypes.user)).toBe(true);
});
