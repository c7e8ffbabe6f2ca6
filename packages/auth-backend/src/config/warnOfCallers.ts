import {
  type ExternalEntry,
  type JwksAccess,
  subjectPrefixOf,
} from '../tokens/external/externalEntries';
import { RECOMMENDED_SECRET_BYTES } from './readLegacySecret';

/** Says what of the configured external callers is allowed, but should be changed. */
export function warnOfCallers(callers: readonly ExternalEntry[]): string[] {
  const parties = callers.filter(caller => caller.type === 'jwks');
  return [
    ...callers.flatMap(warnOfSecret),
    ...parties.filter(it => isReplaceable(new URL(it.url))).map(warnOfUrl),
    ...parties.flatMap((party, index) => warnOfPrefix(party, parties.slice(0, index))),
  ];
}

function warnOfSecret(caller: ExternalEntry): string[] {
  if (caller.type !== 'legacy' || caller.secret.length >= RECOMMENDED_SECRET_BYTES) return [];
  return [
    `${caller.path}: the secret has ${caller.secret.length} bytes, expected at least ${RECOMMENDED_SECRET_BYTES} for HS256`,
  ];
}

function warnOfUrl({ path }: JwksAccess): string {
  return `${path}.options.url: the keys are fetched over http, so that whoever is on the way can replace them; use https`;
}

/** Tells whether somebody on the way can replace what is fetched; inside the host there is no way. */
function isReplaceable({ protocol, hostname }: URL): boolean {
  const isHere =
    hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return protocol === 'http:' && !isHere;
}

function warnOfPrefix(party: JwksAccess, before: readonly JwksAccess[]): string[] {
  const twin = before.find(
    other => subjectPrefixOf(other) === subjectPrefixOf(party) && !isSameParty(other, party),
  );
  if (!twin) return [];
  return [
    `${party.path}.options.subjectPrefix: expected one of its own, found that of ${twin.path}; a caller of one can have the name of a caller of the other`,
  ];
}

/** One party can have several entries, for several audiences or with restrictions of their own. */
function isSameParty(one: JwksAccess, other: JwksAccess): boolean {
  return one.issuers?.some(issuer => other.issuers?.includes(issuer)) ?? false;
}
