import type { Target } from './Target';
import { config } from './targets/config';
import { json, restrictions } from './targets/json';
import { key, keySet } from './targets/keys';
import { policies } from './targets/policies';
import { authorization, cookie, requestTarget } from './targets/requests';
import { signed } from './targets/signed';
import { claims, compact } from './targets/tokens';

/** Everything that reads what strangers send. */
export const targets: readonly Target[] = [
  ...[compact, json, claims, restrictions, key, keySet],
  ...[authorization, cookie, requestTarget, policies, config, signed],
];
