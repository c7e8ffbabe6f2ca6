import { badStarts } from './journeys/badStarts';
import { calls } from './journeys/calls';
import { cookie } from './journeys/cookie';
import { inspector } from './journeys/inspector';
import { refusals } from './journeys/refusals';
import { restart } from './journeys/restart';
import { signIn } from './journeys/signIn';
import { staticTokens } from './journeys/staticTokens';
import type { Journey } from './step';

/** The walk: every journey of the example. Later ones use the tokens of earlier ones. */
export const journeys: Journey[] = [
  signIn,
  calls,
  staticTokens,
  refusals,
  cookie,
  inspector,
  restart,
  badStarts,
];
