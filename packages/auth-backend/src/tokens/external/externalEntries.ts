import type { AccessRestrictionsMap } from '@stagepass/auth-node';
import type { JsonObject } from '@backstage/types';
import type { SignatureAlgorithm } from '../algorithms';

/** What all entries of external callers have. */
interface Entry {
  /** Where the entry stands in the configuration, for messages. */
  readonly path: string;
  /** What the caller may do in which plugin; a plugin that is missing is out of bounds. */
  readonly accessRestrictions?: AccessRestrictionsMap;
}

/** A configured external caller with a static token. */
export interface StaticAccess extends Entry {
  readonly type: 'static';
  readonly token: string;
  readonly subject: string;
}

/** A configured external caller that signs with a shared secret. */
export interface LegacyAccess extends Entry {
  readonly type: 'legacy';
  readonly secret: Buffer;
  readonly subject: string;
}

/** A configured third party that signs tokens of its own and publishes its keys. */
export interface JwksAccess extends Entry {
  readonly type: 'jwks';
  /** Where the keys are published. */
  readonly url: string;
  /** One of these must be the `iss` of a token; undefined where any may. */
  readonly issuers?: readonly string[];
  /** One of these must be in the `aud` of a token; undefined where any may. */
  readonly audiences?: readonly string[];
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly subjectPrefix?: string;
}

/** A configured external caller of a type that a custom handler serves. */
export interface CustomAccess extends Entry {
  readonly type: 'custom';
  readonly handlerType: string;
  readonly options: JsonObject;
}

/** A configured external caller. */
export type ExternalEntry = StaticAccess | LegacyAccess | JwksAccess | CustomAccess;

/** The types that need no custom handler. */
export const builtInTypes = ['static', 'legacy', 'jwks'] as const;

/**
 * Tells whether an external caller may have this subject: not blank, no white space, and not one that reads
 * as a plugin or a user of the backend.
 */
export function isExternalSubject(subject: string): boolean {
  return /^\S+$/.test(subject) && !/^(plugin|user):/i.test(subject);
}

/** What the subjects of all callers of a third party begin with. */
export function subjectPrefixOf({ subjectPrefix }: JwksAccess): string {
  return subjectPrefix ? `external:${subjectPrefix}:` : 'external:';
}

/**
 * Returns which other entry a subject of a third party belongs to: one with a longer prefix that the subject
 * begins with, or one whose caller has exactly this name. Third parties name their callers as they like, and
 * one could otherwise name somebody else's.
 */
export function ownerOf(
  subject: string,
  entry: JwksAccess,
  entries: readonly ExternalEntry[],
): ExternalEntry | undefined {
  return entries.find(other => {
    if (other === entry || other.type === 'custom') return false;
    if (other.type !== 'jwks') return other.subject === subject;
    const prefix = subjectPrefixOf(other);
    return prefix.length > subjectPrefixOf(entry).length && subject.startsWith(prefix);
  });
}
