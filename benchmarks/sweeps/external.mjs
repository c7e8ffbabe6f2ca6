import { Buffer } from 'node:buffer';
import { createHmac, randomBytes } from 'node:crypto';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation } from '../subjects/installation.mjs';
import { claimsOf, expectText } from '../subjects/pluginTokens.mjs';
import { createSigner, signRaw } from '../subjects/raw.mjs';
import { RECEIVER } from '../subjects/world.mjs';

const party = createSigner('party-key');

const urlOf = n => `https://party-${n}.example/jwks.json`;

/** Entries by type: each of the same kind, all for callers of their own. */
const entryOf = {
  static: n => ({
    token: `static-token-${n}-${randomBytes(16).toString('hex')}`,
    subject: `static-${n}`,
  }),
  legacy: n => ({ secret: randomBytes(32).toString('base64'), subject: `legacy-${n}` }),
  jwks: n => ({
    url: urlOf(n),
    issuer: `https://party-${n}.example`,
    audience: 'backend',
    algorithm: 'ES256',
    subjectPrefix: `party-${n}`,
  }),
};

export const rows = [
  sweepRow({
    name: 'external callers',
    axis: 'entries of externalAccess, all of one type',
    points: [1, 10, 100, 1000],
    async open(entries, context) {
      const statics = await openType('static', entries, context);
      const jwks = await openType('jwks', entries, context);
      const legacy = await openType('legacy', entries, context);
      const { issuer } = jwks.last;
      const seen = issueJwts(issuer, 50);
      for (const token of seen) await jwks.auth.authenticate(token);
      const secrets = [issueLegacy(legacy.last.secret)];
      return {
        lines: {
          'static, the last': verifying(statics, count => freshCopies([statics.last.token], count)),
          'static, refuse another': refusing(statics, () => randomBytes(24).toString('base64url')),
          'jwks, the last, remembered': verifying(jwks, count => freshCopies(seen, count)),
          'jwks, the last, never seen': {
            ...verifying(jwks, count => issueJwts(issuer, count).map(freshCopy)),
            ownTurn: true,
          },
          "jwks, refuse a stranger's": refusing(jwks, () => issueJwts('nobody', 1)[0]),
          'jwks, refuse what is no JWT': refusing(jwks, () =>
            randomBytes(24).toString('base64url'),
          ),
          'legacy, the last': verifying(legacy, count => freshCopies(secrets, count)),
        },
        async close() {
          for (const { backend } of [statics, jwks, legacy]) await backend.close();
        },
      };
    },
  }),
];

async function openType(type, count, context) {
  const options = Array.from({ length: count }, (_, n) => entryOf[type](n));
  const externalAccess = options.map(each => ({ type, options: each }));
  const backend = createInstallation(context, {
    config: { backend: { auth: { externalAccess } } },
    keySets: { [urlOf(count - 1)]: [party.publicJwk] },
  });
  return { backend, auth: await backend.forPlugin(RECEIVER), last: options.at(-1) };
}

function verifying({ auth }, prepare) {
  return {
    prepare,
    run: token => auth.authenticate(token),
    check: expectText(/servicePrincipal\{/),
  };
}

function refusing({ auth }, makeToken) {
  return {
    prepare: count => Array.from({ length: count }, () => freshCopy(makeToken())),
    run: token => auth.authenticate(token).catch(error => error.name),
    check: expectText(/^AuthenticationError$/),
  };
}

function issueJwts(iss, count) {
  return Array.from({ length: count }, (_, n) => {
    const claims = { ...claimsOf(n, { sub: 'ci', aud: 'backend' }), iss };
    const input = signingInput({ alg: 'ES256', kid: 'party-key' }, claims);
    return `${input}.${signRaw(Buffer.from(input), party.privateKey).toString('base64url')}`;
  });
}

function issueLegacy(secret) {
  const { iat, exp } = claimsOf(0);
  const input = signingInput({ alg: 'HS256' }, { sub: 'backstage-server', iat, exp });
  const tag = createHmac('sha256', Buffer.from(secret, 'base64')).update(input);
  return `${input}.${tag.digest('base64url')}`;
}

function signingInput(...parts) {
  return parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
