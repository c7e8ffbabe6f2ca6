import { isSignatureAlgorithm } from '../algorithms';
import type { UnverifiedJws } from '../parseCompact';
import type { ExternalMethod } from './ExternalMethod';
import type { JwksAccess } from './externalEntries';

/** A method with its place in the configuration. */
interface Placed<TEntry extends ExternalMethod['entry'] = ExternalMethod['entry']> {
  readonly method: ExternalMethod;
  readonly entry: TEntry;
  readonly place: number;
}

/**
 * Finds the methods that may accept a token, in the order of the configuration. Third parties are found by the issuer
 * that the token names, so that it makes no difference how many there are; whoever is left out would refuse the token
 * before looking at its signature. A shared secret has no name, so that each of them is tried.
 */
export class MethodIndex {
  readonly #custom: Placed[] = [];
  readonly #legacy: Placed[] = [];
  readonly #jwks: Array<Placed<JwksAccess>> = [];
  readonly #jwksByIssuer = new Map<string, Array<Placed<JwksAccess>>>();
  /** Third parties that may have any issuer. */
  readonly #jwksOfAnyIssuer: Array<Placed<JwksAccess>> = [];

  /** @param methods - in the order of the configuration */
  constructor(methods: readonly ExternalMethod[]) {
    for (const [place, method] of methods.entries()) {
      const { entry } = method;
      if (entry.type === 'custom') this.#custom.push({ method, entry, place });
      else if (entry.type === 'legacy') this.#legacy.push({ method, entry, place });
      else this.#addJwks({ method, entry, place });
    }
  }

  /** Returns the methods that have to be asked about a token; custom handlers about any. */
  candidates(jws: UnverifiedJws | undefined): readonly ExternalMethod[] {
    if (!jws) return this.#custom.map(({ method }) => method);
    const { alg } = jws.header;
    const ofIssuer = this.#jwksByIssuer.get(issuerOf(jws) ?? '') ?? [];
    const jwks = [...ofIssuer, ...this.#jwksOfAnyIssuer].filter(({ entry }) => allows(entry, alg));
    const legacy = alg === 'HS256' ? this.#legacy : [];
    return [...this.#custom, ...legacy, ...jwks]
      .sort((one, other) => one.place - other.place)
      .map(({ method }) => method);
  }

  /**
   * Returns the method whose refusal says why none of the third parties was a candidate: one that takes the
   * algorithm and names another issuer says more than one that does not take it.
   */
  mostTelling(jws: UnverifiedJws | undefined): ExternalMethod | undefined {
    const alg = jws?.header.alg;
    return jws && (this.#jwks.find(({ entry }) => allows(entry, alg)) ?? this.#jwks[0])?.method;
  }

  #addJwks(placed: Placed<JwksAccess>): void {
    this.#jwks.push(placed);
    const { issuers } = placed.entry;
    if (!issuers) this.#jwksOfAnyIssuer.push(placed);
    for (const issuer of new Set(issuers)) {
      this.#jwksByIssuer.set(issuer, [...(this.#jwksByIssuer.get(issuer) ?? []), placed]);
    }
  }
}

/** Claims that cannot even be read name nobody: who is asked all the same says so. */
function issuerOf(jws: UnverifiedJws): string | undefined {
  try {
    const { iss } = jws.unverifiedClaims();
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}

function allows(entry: JwksAccess, alg: unknown): boolean {
  return isSignatureAlgorithm(alg) && entry.algorithms.includes(alg);
}
