import type { JsonObject } from '@backstage/types';
import {
  type CustomAccess,
  isExternalSubject,
  type StaticAccess,
} from '../tokens/external/ExternalAccess';
import type { ConfigValue } from './ConfigValue';
import { readAccessRestrictions } from './readAccessRestrictions';

const MIN_STATIC_TOKEN_LENGTH = 8;

/** Texts that stand in example configurations, and so are known to everybody. */
const placeholders = /^(changeme|change-me|your[-_]?token|<.*>|\$\{.*\}|\$.*|x{8,}|\*+)$/i;

/** Reads `backend.auth.externalAccess`. */
export function readExternalAccess(value: ConfigValue): Array<StaticAccess | CustomAccess> {
  const entries = value.list().map(readEntry);
  const tokens = new Map<string, string>();
  for (const [index, entry] of entries.entries()) {
    if (entry.type !== 'static') continue;
    const path = `${value.path}[${index}].options.token`;
    const other = tokens.get(entry.token);
    if (other !== undefined) {
      throw value.list()[index]!.invalid(`a token of its own`, `the token of ${other}`);
    }
    tokens.set(entry.token, path);
  }
  return entries;
}

function readEntry(value: ConfigValue): StaticAccess | CustomAccess {
  const { type, options, accessRestrictions } = value.members(
    'type',
    'options',
    'accessRestrictions',
  );
  const restrictions = accessRestrictions.ifPresent(readAccessRestrictions);
  const shared = restrictions && { accessRestrictions: restrictions };
  const handlerType = type.string();
  if (handlerType === 'static') return { type: 'static', ...readStatic(options), ...shared };
  return {
    type: 'custom',
    handlerType,
    options: options.object() as JsonObject,
    path: value.path,
    ...shared,
  };
}

function readStatic(value: ConfigValue): { token: string; subject: string } {
  const { token, subject } = value.members('token', 'subject');
  return { token: readStaticToken(token), subject: readSubject(subject) };
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
