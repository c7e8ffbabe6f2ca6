import type { RequestName } from './correlationId';

/**
 * What an auth service is told with a token: `AuthService.authenticate` reads the correlation id where it records
 * something, perhaps long after the answer is sent, and it is made up no sooner.
 */
export class VerificationOptions {
  /** An own, enumerable property, so that `{ ...options }` of a decorator has it too. */
  declare readonly correlationId?: string;
  /** Absent unless true. */
  declare readonly allowLimitedAccess?: true;
  readonly #name: RequestName;

  constructor(name: RequestName) {
    this.#name = name;
    Object.defineProperty(this, 'correlationId', VerificationOptions.#correlationId);
  }

  /** The options under which limited user tokens are accepted too. */
  static withLimitedAccess(name: RequestName): VerificationOptions {
    return Object.assign(new VerificationOptions(name), { allowLimitedAccess: true as const });
  }

  /** One getter for all of them, which is much faster than a closure for each. */
  static readonly #correlationId: PropertyDescriptor & ThisType<VerificationOptions> = {
    get() {
      return #name in this ? this.#name.correlationId : undefined;
    },
    enumerable: true,
    configurable: true,
  };
}
