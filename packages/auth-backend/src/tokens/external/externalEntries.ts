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

/** Returns which other entry than its own a subject of a third party belongs to. */
export type OwnerOf = (subject: string, entry: JwksAccess) => ExternalEntry | undefined;

/**
 * Indexes whom subjects belong to: an entry with a longer prefix that the subject begins with, or one whose caller has
 * exactly this name; of several the first. Third parties name their callers as they like, and one could otherwise name
 * somebody else's.
 */
export function indexOwners(entries: readonly ExternalEntry[]): OwnerOf {
  const byName = new Map<string, number>();
  const byPrefix = new Map<string, number>();
  for (const [place, entry] of entries.entries()) {
    if (entry.type === 'custom') continue;
    const [index, key] =
      entry.type === 'jwks' ? [byPrefix, subjectPrefixOf(entry)] : [byName, entry.subject];
    if (!index.has(key)) index.set(key, place);
  }
  const lengths = [...new Set([...byPrefix.keys()].map(prefix => prefix.length))];
  return (subject, entry) => {
    const ownLength = subjectPrefixOf(entry).length;
    const places = lengths
      .filter(length => length > ownLength)
      .map(length => byPrefix.get(subject.slice(0, length)));
    const found = [byName.get(subject), ...places].filter(place => place !== undefined);
    return found.length > 0 ? entries[Math.min(...found)] : undefined;
  };
}
