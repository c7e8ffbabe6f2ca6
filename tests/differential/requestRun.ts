import { createHttpAuthService } from '@stagepass/auth-http';
import type { AuthRequest, HttpAuthService } from '@stagepass/auth-node';
import { compare, type Outcome, outcomeOf, type Verdict } from './engine';
import {
  buildRequest,
  createRequestTokens,
  externalOrigin,
  requestConfig,
  type RequestInput,
  type TokenName,
} from './requestInputs';
import { requestRules } from './requestRules';
import { createTheirHttpAuth } from './theirs';
import { describeCredentials, type World } from './worlds';
import { silentLogger } from '../databases/silentLogger';

/** The request services of the same plugin on both sides. */
export interface RequestWorld {
  readonly theirs: HttpAuthService;
  readonly ours: HttpAuthService;
  readonly texts: Readonly<Record<TokenName, string>>;
}

/** Sets up the request services on both sides alike, each on the auth service of its side. */
export function createRequestWorld(
  world: World,
  wrap: (httpAuth: HttpAuthService) => HttpAuthService = httpAuth => httpAuth,
): RequestWorld {
  const getBaseUrl = (pluginId: string) => Promise.resolve(`${externalOrigin}/api/${pluginId}`);
  const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
  const base = { pluginId: 'receiver', discovery };
  return {
    theirs: createTheirHttpAuth({ ...base, auth: world.theirs }),
    ours: wrap(
      createHttpAuthService({
        ...base,
        auth: world.ours,
        config: requestConfig,
        logger: silentLogger,
      }),
    ),
    texts: createRequestTokens(world.keys),
  };
}

/** Asks both sides about the request of an input, as often as the input says, and compares each answer. */
export async function runRequest(world: RequestWorld, input: RequestInput): Promise<Verdict> {
  const answers = await ask(world, input);
  const verdicts = answers.map((outcomes, index) =>
    compare(requestRules, { input, call: input.calls[index]! }, outcomes),
  );
  return verdicts.at(-1)!;
}

/** What came of the first call on both sides. */
export async function requestOutcomes(world: RequestWorld, input: RequestInput): Promise<Outcomes> {
  const [first] = await ask(world, input);
  return first!;
}

interface Outcomes {
  readonly theirs: Outcome;
  readonly ours: Outcome;
}

async function ask(
  { theirs, ours, texts }: RequestWorld,
  input: RequestInput,
): Promise<Outcomes[]> {
  const requests = { theirs: buildRequest(texts, input), ours: buildRequest(texts, input) };
  const answers: Outcomes[] = [];
  for (const { allow, limited } of input.calls) {
    const options = { ...(allow && { allow: [...allow] }), allowLimitedAccess: limited };
    const credentials = (httpAuth: HttpAuthService, request: AuthRequest) =>
      outcomeOf(async () => describeCredentials(await httpAuth.credentials(request, options)));
    answers.push({
      theirs: await credentials(theirs, requests.theirs),
      ours: await credentials(ours, requests.ours),
    });
  }
  return answers;
}
