import type { JsonObject } from '@backstage/types';
import { type ExternalEntry, isExternalSubject } from '../tokens/external/externalEntries';
import type { ConfigValue } from './ConfigValue';
import { readAccessRestrictions } from './readAccessRestrictions';
import { readJwksOptions } from './readJwksOptions';
import { readLegacySecret } from './readLegacySecret';

const MIN_STATIC_TOKEN_LENGTH = 8;

/** Texts that stand in example configurations, and so are known to everybody. */
const placeholders = /^(changeme|change-me|your[-_]?token|<.*>|\$\{.*\}|\$.*|x{8,}|\*+)$/i;

/** Who a caller with a secret of `backend.auth.keys` is. */
const OLD_KEYS_SUBJECT = 'external:backstage-plugin';

/** Reads `backend.auth.externalAccess`. */
export function readExternalAccess(value: ConfigValue): ExternalEntry[] {
  return value.list().map(readEntry);
}

/** Reads `backend.auth.keys`, which `externalAccess` has replaced: secrets of callers of one name. */
export function readOldKeys(value: ConfigValue): ExternalEntry[] {
  return value.list().map(entry => {
    const { secret, accessRestrictions } = entry.members('secret', 'accessRestrictions');
    return {
      type: 'legacy',
      path: entry.path,
      secret: readLegacySecret(secret),
      subject: OLD_KEYS_SUBJECT,
      ...readRestrictions(accessRestrictions),
    };
  });
}

/**
 * Requires that no two entries have the same token or secret: the second would never be asked, and so its
 * restrictions never apply.
 */
export function requireDistinctSecrets(entries: readonly ExternalEntry[], paths: ConfigValue[]) {
  const first = new Map<string, string>();
  for (const [index, entry] of entries.entries()) {
    const kind = entry.type === 'static' ? 'token' : 'secret';
    const secret =
      entry.type === 'static'
        ? entry.token
        : entry.type === 'legacy' && entry.secret.toString('base64');
    if (!secret) continue;
    const key = `${kind} ${secret}`;
    const other = first.get(key);
    if (other !== undefined) {
      throw paths[index]!.invalid(`a ${kind} of its own`, `the ${kind} of ${other}`);
    }
    first.set(key, paths[index]!.path);
  }
}

function readEntry(value: ConfigValue): ExternalEntry {
  const { type, options, accessRestrictions } = value.members(
    'type',
    'options',
    'accessRestrictions',
  );
  const { path } = value;
  const restrictions = readRestrictions(accessRestrictions);
  const handlerType = type.string();
  switch (handlerType) {
    case 'static':
      return { type: 'static', path, ...readStatic(options), ...restrictions };
    case 'legacy':
      return { type: 'legacy', path, ...readLegacy(options), ...restrictions };
    case 'jwks':
      return { type: 'jwks', path, ...readJwksOptions(options), ...restrictions };
    default:
      return {
        type: 'custom',
        handlerType,
        options: options.object() as JsonObject,
        path,
        ...restrictions,
      };
  }
}

function readRestrictions(value: ConfigValue): Pick<ExternalEntry, 'accessRestrictions'> {
  const accessRestrictions = value.ifPresent(readAccessRestrictions);
  return { ...(accessRestrictions && { accessRestrictions }) };
}

function readStatic(value: ConfigValue): { token: string; subject: string } {
  const { token, subject } = value.members('token', 'subject');
  return { token: readStaticToken(token), subject: readSubject(subject) };
}

function readLegacy(value: ConfigValue): { secret: Buffer; subject: string } {
  const { secret, subject } = value.members('secret', 'subject');
  return { secret: readLegacySecret(secret), subject: readSubject(subject) };
}

function readStaticToken(value: ConfigValue): string {
  const token = value.secret();
  if (/\s/.test(token)) throw value.invalid('no white space', 'some');
  if (token.length < MIN_STATIC_TOKEN_LENGTH) {
    throw value.invalid(
      `at least ${MIN_STATIC_TOKEN_LENGTH} characters`,
      `${token.length}; generate one with: node -p "crypto.randomBytes(24).toString('base64url')"`,
    );
  }
  if (!/^[\x21-\x7e]*$/.test(token)) {
    throw value.invalid('visible ASCII characters, which a header can carry', 'others');
  }
  if (placeholders.test(token)) throw value.invalid('a token of your own', 'a placeholder');
  return token;
}

function readSubject(value: ConfigValue): string {
  const subject = value.string();
  if (!isExternalSubject(subject)) {
    throw value.invalid('a text without white space that does not begin with plugin: or user:');
  }
  return subject;
}
