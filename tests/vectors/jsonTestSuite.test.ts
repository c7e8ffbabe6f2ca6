import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { openReceiver, type Receiver } from '../security/refusal';
import { codeOf } from './decideSignature';
import { countBy, describeVectors } from './vectorFiles';

interface Document {
  readonly name: string;
  readonly expect: 'accept' | 'reject' | 'either';
  readonly base64?: string;
  readonly repeat?: { readonly unit: string; readonly times: number; readonly tail: string };
}

function bytesOf({ base64, repeat }: Document): Buffer {
  if (!repeat) return Buffer.from(base64 ?? '', 'base64');
  return Buffer.from(repeat.unit.repeat(repeat.times) + repeat.tail);
}

/** A document as the whole of a segment, and as the value of a member, where it need not be an object. */
type Place = 'the whole header' | 'the whole claims' | 'in the header' | 'in the claims';

function writeToken({ installation }: Receiver, place: Place, document: Buffer): string {
  const { catalogKey, now } = installation;
  const header = '{"typ":"vnd.backstage.plugin","alg":"ES256","kid":"catalog-key"}';
  const claims = `{"sub":"catalog","aud":"scaffolder","iat":${now},"exp":${now + 3600}}`;
  const within = (text: string) =>
    Buffer.concat([Buffer.from(`${text.slice(0, -1)},"x":`), document, Buffer.from('}')]);
  switch (place) {
    case 'the whole header':
      return forge(document, claims, catalogKey.signing);
    case 'the whole claims':
      return forge(header, document, catalogKey.signing);
    case 'in the header':
      return forge(within(header), claims, catalogKey.signing);
    case 'in the claims':
      return forge(header, within(claims), catalogKey.signing);
  }
}

/**
 * What the product says of the JSON. What is read, and then refused because it says too little for a token, was
 * accepted as JSON. An error of another kind is thrown on.
 */
async function decide({ auth }: Receiver, token: string): Promise<string> {
  try {
    await auth.authenticate(token);
    return 'accepted';
  } catch (error) {
    const code = codeOf(error);
    const { reason } = error as { reason: string };
    if (code === 'AUTH_CLAIM_INVALID' || reason.includes('header: expected a name as alg')) {
      return 'read';
    }
    expect(code).toBe('AUTH_TOKEN_MALFORMED');
    if (reason.includes('expected at most')) return 'is too long';
    if (reason.includes('non-empty segments')) return 'is empty';
    return reason.replace(/^the token is not a well-formed JWS: (header: |payload: )?/, '');
  }
}

/** Where a document is the whole segment it must be an object, so that 83 good ones are refused; duplicates always are. */
const whole = {
  accept: {
    read: 10,
    'does not begin as a JSON object': 81,
    'is not a JSON object': 2,
    'has duplicate members': 2,
  },
  reject: {
    'does not begin as a JSON object': 144,
    'is not JSON': 40,
    'is not UTF-8': 1,
    'is too long': 2,
    'is empty': 1,
  },
  either: { read: 3, 'does not begin as a JSON object': 51, 'has duplicate members': 3 },
};

/** Within an object any value is good. */
const member = {
  accept: { accepted: 93, 'has duplicate members': 2 },
  reject: { 'is not JSON': 174, 'is not UTF-8': 12, 'is too long': 2 },
  either: {
    accepted: 36,
    'has duplicate members': 3,
    'is nested too deeply': 1,
    'is not JSON': 1,
    'is not UTF-8': 16,
  },
};

describeVectors<{ tests: Document[] }>('JSONTestSuite', 'json-test-suite.json', ({ tests }) => {
  it.each<[Place, typeof whole | typeof member]>([
    ['the whole header', whole],
    ['the whole claims', whole],
    ['in the header', member],
    ['in the claims', member],
  ])(
    'TOK-18 %s: of 340 documents all 188 n_ are refused, y_ accepted, and no i_ is a fault',
    async (place, counts) => {
      const receiver = await openReceiver(new Installation());
      const outcomes: Array<{ expected: Document['expect']; outcome: string }> = [];
      for (const it of tests) {
        const outcome = await decide(receiver, writeToken(receiver, place, bytesOf(it)));
        outcomes.push({ expected: it.expect, outcome });
      }
      expect(outcomes).toHaveLength(340);
      for (const [expected, byOutcome] of Object.entries(counts)) {
        const own = outcomes.filter(it => it.expected === expected);
        expect(countBy(own, it => it.outcome)).toEqual(byOutcome);
      }
    },
  );
});
