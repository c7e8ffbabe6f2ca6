import {
  isSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from '../tokens/algorithms';
import type { JwksAccess } from '../tokens/external/externalEntries';
import type { ConfigValue } from './ConfigValue';

/** Reads the `options` of an external caller that publishes its keys. */
export function readJwksOptions(
  value: ConfigValue,
): Pick<JwksAccess, 'url' | 'issuers' | 'audiences' | 'algorithms' | 'subjectPrefix'> {
  const options = value.members(
    'url',
    'issuer',
    'algorithm',
    'audience',
    'subjectPrefix',
    'dangerouslyAllowAnyIssuer',
    'dangerouslyAllowAnyAudience',
  );
  const issuers = readParty(options.issuer, options.dangerouslyAllowAnyIssuer);
  const audiences = readParty(options.audience, options.dangerouslyAllowAnyAudience);
  const subjectPrefix = options.subjectPrefix.optional(readPrefix);
  return {
    url: readUrl(options.url),
    ...(issuers && { issuers }),
    ...(audiences && { audiences }),
    algorithms: options.algorithm.ifPresent(readAlgorithms) ?? signatureAlgorithms,
    ...(subjectPrefix !== undefined && { subjectPrefix }),
  };
}

/** Reads who must have issued a token, or whom it must be for: anybody only when that is said in so many words. */
function readParty(value: ConfigValue, anyAllowed: ConfigValue): string[] | undefined {
  const names = value.ifPresent(it => it.strings());
  const isAnyAllowed = anyAllowed.ifPresent(it => it.boolean()) ?? false;
  const override = anyAllowed.path.slice(anyAllowed.path.lastIndexOf('.') + 1);
  if (!names && !isAnyAllowed) throw value.invalid(`a text or a list, or ${override}: true`);
  if (names && isAnyAllowed) throw anyAllowed.invalid(`this, or what tokens must name, not both`);
  return names;
}

function readUrl(value: ConfigValue): string {
  const text = value.string();
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined;
  const isUsable =
    url && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '';
  // What is wrong can be the password in it.
  if (!isUsable) throw value.invalid('an http or https URL without credentials', 'something else');
  return url.href;
}

function readAlgorithms(value: ConfigValue): SignatureAlgorithm[] {
  const names = value.strings();
  const known = names.filter(isSignatureAlgorithm);
  if (known.length < names.length) {
    throw value.invalid(`some of ${signatureAlgorithms.join(', ')}`);
  }
  return known;
}

function readPrefix(value: ConfigValue): string {
  const prefix = value.string();
  if (/\s/.test(prefix)) throw value.invalid('a text without white space');
  return prefix;
}
