import type { JsonObject } from '@backstage/types';
import { readAuthConfig } from '../../../packages/auth-backend/src/config/readAuthConfig';
import { promise, parseJson, readTwice } from '../promises';
import type { Target } from '../Target';

const folder = 'packages/auth-backend/src/config';
const names = ['readAuthConfig', 'readExternalAccess', 'readJwksOptions', 'readLegacySecret'];

/** Texts that stand in no message of ours, nor do parts of them. */
const secrets = ['bGVuZ3RoLW9mLXNpeHRlZW4tYnl0ZXM=', 'a-static-token-of-ours'];

/** A configuration, as JSON. */
export const config: Target = {
  name: 'config',
  sources: [...names, 'readAccessRestrictions', 'ConfigValue'].map(name => `${folder}/${name}.ts`),
  json: true,
  dictionary: [
    ...[
      'backend',
      'auth',
      'externalAccess',
      'type',
      'static',
      'legacy',
      'jwks',
      'options',
      'token',
    ],
    ...[
      'secret',
      'subject',
      'url',
      'issuer',
      'audience',
      'algorithm',
      'subjectPrefix',
      'keys',
      'yes',
    ],
    ...[
      'accessRestrictions',
      'plugin',
      'permission',
      'permissionAttribute',
      'action',
      'read',
      'no',
    ],
    ...['pluginKeyStore', 'publicKeyFile', 'privateKeyFile', 'keyId', 'identityTokenAlgorithm'],
    ...[
      'dangerouslyDisableDefaultAuthPolicy',
      'dangerouslyAllowAnyIssuer',
      'keyStore',
      'discovery',
    ],
    ...['dangerouslyAllowAnyAudience', 'restrictedDelegation', 'plain', 'endpoints', 'plugins'],
    ...['ES256', 'RS256', '${TOKEN}', 'http://host/keys', '__proto__', 'constructor', 'a,b c'],
    ...secrets,
  ],
  maxLength: 4_000,
  stepsPerByte: 200,
  check(input) {
    const value = parseJson(input.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const before = JSON.stringify(value);
    const outcome = readTwice(() => readAuthConfig(value as JsonObject), ['AUTH_CONFIG_INVALID']);
    promise(JSON.stringify(value) === before, 'leaves the configuration as it is');
    if (!('value' in outcome)) {
      const { reason } = outcome;
      promise(/^(backend|auth|discovery)\b/.test(reason), 'says first where the mistake is');
      const told = secretsIn(value).filter(secret => reason.includes(secret));
      // A text that also stands where there is no secret may be told.
      promise(
        told.every(secret => before.split(secret).length > 2),
        'tells no secret',
      );
      return;
    }
    const { auth } = Object(at(value, 'backend')) as { auth?: Record<string, unknown> };
    const written = [...listOf(auth?.externalAccess), ...listOf(auth?.keys)];
    const read = outcome.value.externalAccess;
    promise(read.length === written.length, 'passes over no caller');
    for (const [index, caller] of read.entries()) {
      const { accessRestrictions, options } = Object(written[index]) as Record<string, JsonObject>;
      const isRestricted = caller.accessRestrictions !== undefined;
      promise(isRestricted === (accessRestrictions !== undefined), 'lifts no restriction');
      promise(!isRestricted || caller.accessRestrictions.size > 0, 'restricts to something');
      if (caller.type === 'static')
        promise(caller.token === options?.token, 'reads a token as it is');
      if (caller.type === 'legacy') promise(caller.secret.length >= 16, 'takes no short secret');
      if (caller.type === 'jwks')
        promise(
          caller.algorithms.length > 0 && /^https?:/.test(caller.url),
          'asks issuers of the web',
        );
      if (caller.type !== 'jwks' && caller.type !== 'custom') {
        promise(
          !/^(plugin|user):|\s/.test(caller.subject),
          'takes no caller for a plugin or a user',
        );
      }
    }
  },
};

function at(value: object, name: string): unknown {
  return (value as Record<string, unknown>)[name];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The secrets, or parts of them, that stand where tokens and secrets do. */
function secretsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (typeof inner !== 'string') return secretsIn(inner);
    const isSecret = inner.length >= 8 && secrets.some(secret => secret.includes(inner));
    return isSecret && ['token', 'secret'].includes(name) ? [inner] : [];
  });
}
