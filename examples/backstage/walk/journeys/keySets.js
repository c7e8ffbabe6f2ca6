import { ok, step } from '../step.js';

function onlyPublicKeys(keys) {
  return (
    keys.length > 0 && keys.every(key => key.alg === 'ES256' && key.kid && key.x && !('d' in key))
  );
}

export const keySets = {
  title: 'Key sets',
  steps: [
    ...['my-plugin', 'catalog', 'permission'].map(plugin =>
      step(
        `the public keys of ${plugin} are for everybody`,
        walk => walk.get(`/api/${plugin}/.backstage/auth/v1/jwks.json`),
        ok({ keys: onlyPublicKeys }),
      ),
    ),
    step(
      'the public keys for user tokens are for everybody',
      walk => walk.get('/api/auth/.well-known/jwks.json'),
      ok({ keys: onlyPublicKeys }),
    ),
  ],
};
