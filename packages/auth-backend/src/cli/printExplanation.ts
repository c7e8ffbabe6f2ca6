import type { JsonObject } from '@backstage/types';
import type { SignerExplanation, TokenExplanation } from '@stagepass/auth-backend';

/** Writes an explanation for people: the verdict first, then what it rests on. */
export function printExplanation(explanation: TokenExplanation): string {
  return describe(explanation).map(escape).join('\n');
}

function describe(explanation: TokenExplanation): string[] {
  const {
    kind,
    pasted,
    problem,
    signer,
    times = {},
    onBehalfOf,
    externalEntries = [],
  } = explanation;
  return [
    ...(pasted
      ? [`You gave ${withArticle(pasted.as)}${pasted.problem ? `: ${pasted.problem}` : ''}`]
      : []),
    `The ${pasted ? 'token in it' : 'text'} is ${withArticle(kind)}`,
    ...(problem ? [`  ${problem}`] : []),
    '',
    ...describeVerdict(explanation),
    '',
    'What to change:',
    ...explanation.advice.map(line => `  - ${line}`),
    '',
    ...(signer ? describeSigner(kind, signer) : []),
    ...Object.entries(times).map(
      ([name, time]) => `${timeNames[name]} ${time.inWords} (${time.at})`,
    ),
    ...describeParts(explanation),
    ...(externalEntries.length > 0 ? ['Entries of external callers:'] : []),
    ...externalEntries.map(
      ({ path, type, said, code, reason }) =>
        `  ${path} (${type}): ${said}${code ? `, ${code}` : ''}${reason ? `: ${reason}` : ''}`,
    ),
    ...(onBehalfOf
      ? ['It carries this token (obo):', ...describe(onBehalfOf).map(line => `  ${line}`.trimEnd())]
      : []),
  ];
}

const timeNames: Readonly<Record<string, string>> = {
  issued: 'Issued:    ',
  validFrom: 'Valid from:',
  expires: 'Expires:   ',
};

function describeVerdict({ verdict, asked }: TokenExplanation): string[] {
  const { pluginId, allowLimitedAccess, at } = asked;
  const where = `by the plugin ${pluginId}${allowLimitedAccess ? ', limited access allowed,' : ''} at ${at}`;
  if (!verdict.accepted) {
    const { code, status, message, reason } = verdict;
    return [
      `REFUSED ${where}: ${code}`,
      `  why: ${reason}`,
      `  the caller reads: ${status} "${message}"`,
    ];
  }
  const until = verdict.expiresAt ? `, until ${verdict.expiresAt}` : '';
  return [`ACCEPTED ${where}`, `  as: ${JSON.stringify(verdict.principal)}${until}`];
}

function describeSigner(kind: string, signer: SignerExplanation): string[] {
  const { who, configPath, keyId, algorithm, signature, key, askedForKey, warnings } = signer;
  const entry = configPath ? `, ${configPath}` : '';
  if (kind === 'static token' || kind === 'token of a custom handler') {
    return [`It is that of: ${who}${entry}`];
  }
  const says = signature === 'verified' ? 'Signed by: ' : 'Says to be of:';
  return [
    `${says} ${who}${entry}`,
    `  key ${keyId ?? 'not named'}, ${algorithm ?? 'no algorithm'}: ${key}; signature ${signature}`,
    ...askedForKey.map(({ where, outcome }) => `  asked ${where}: ${outcome}`),
    ...warnings.map(warning => `  ${warning}`),
  ];
}

function describeParts(explanation: TokenExplanation): string[] {
  const parts: Array<[string, JsonObject | undefined]> = [
    ['Header:    ', explanation.header],
    ['Claims:    ', explanation.claims],
    ['Header (unverified):', explanation.unverifiedHeader],
    ['Claims (unverified):', explanation.unverifiedClaims],
  ];
  return parts.flatMap(([name, value]) => (value ? [`${name} ${JSON.stringify(value)}`] : []));
}

function withArticle(noun: string): string {
  if (/^(no |text )/.test(noun)) return noun;
  return `${/^[aeiou](?!ser)/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** What comes from a token must neither begin a line of its own, nor move the cursor or turn the line around. */
function escape(line: string): string {
  return line.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
