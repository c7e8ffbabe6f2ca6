import type { AuthError, AuthRequest, BackstageCredentials } from '@stagepass/auth-node';
import { RequestName } from './correlationId';

type Answer = BackstageCredentials | Promise<BackstageCredentials>;

/** What a request service remembers of one request. */
export class RequestRecord {
  readonly name: RequestName;
  /** The credentials, or why there are none. What was asked with limited access never answers for full access. */
  full: Answer | undefined = undefined;
  limited: Answer | undefined = undefined;
  /** What was refused, so that it is recorded once however often the plugin asks. */
  refusals: readonly AuthError[] = noRefusals;

  constructor(request: AuthRequest) {
    this.name = new RequestName(request);
  }
}

const noRefusals: readonly AuthError[] = [];
