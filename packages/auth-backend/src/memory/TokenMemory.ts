import { MAX_TOKEN_LENGTH } from '../tokens/parseCompact';
import type { Ageing, MemoryBudget } from './MemoryBudget';

/**
 * How many characters of a token its entry is found by: the last ones, which are the signature's. Hashing whole
 * tokens would be most of the work of finding them.
 */
const NAME_LENGTH = 24;

/** What an entry takes beside its text and what it names, in bytes: measured, and rounded up. */
const ENTRY_BYTES = 700;

interface Entry<TValue> {
  readonly token: string;
  readonly about: string;
  readonly bytes: number;
  readonly value: TValue;
}

/**
 * Remembers something of tokens, by all of their characters. Two tokens that end alike are two tokens, and only the
 * later of them is remembered.
 */
export class TokenMemory<TValue> implements Ageing {
  readonly #budget: MemoryBudget;
  #young = new Map<string, Entry<TValue>>();
  #old = new Map<string, Entry<TValue>>();

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  /** @param about - what else the value depends on, such as a plugin id */
  recall(token: string, about = ''): TValue | undefined {
    const name = nameOf(token, about);
    const young = this.#young.get(name);
    if (young && isOf(young, token, about)) return young.value;
    const old = this.#old.get(name);
    if (!old || !isOf(old, token, about)) return undefined;
    if (this.#budget.take(this, old.bytes)) this.#young.set(name, old);
    return old.value;
  }

  /**
   * Remembers a value, unless there is no room for one of this size.
   *
   * @param token - is kept: see {@link copyToken}
   * @param about - as for `recall`
   * @param valueBytes - how large the texts are that the value holds, beside the token
   */
  remember(token: string, value: TValue, { about = '', valueBytes = 0 } = {}): void {
    const bytes = ENTRY_BYTES + token.length + about.length + valueBytes;
    if (!this.#budget.take(this, bytes)) return;
    this.#young.set(nameOf(token, about), { token, about, bytes, value });
  }

  /** Forgets a value that no longer holds, unless there is another one by now. */
  forget(token: string, value: TValue): void {
    const name = nameOf(token, '');
    if (this.#young.get(name)?.value === value) this.#young.delete(name);
    if (this.#old.get(name)?.value === value) this.#old.delete(name);
  }

  /** {@inheritDoc Ageing.age} */
  age(): boolean {
    this.#old = this.#young;
    this.#young = new Map();
    return this.#old.size > 0;
  }
}

/** Where tokens pass through on being copied, each over the one before. */
const passage = Buffer.alloc(MAX_TOKEN_LENGTH);

/**
 * Copies a token to be kept, of at most {@link MAX_TOKEN_LENGTH}: what was cut out of a longer text, such as a header,
 * holds on to all of it.
 */
export function copyToken(token: string): string {
  const copy = passage.toString('latin1', 0, passage.write(token, 'latin1'));
  // What is not ASCII is no token, and no other text may stand for it.
  return copy === token ? copy : token;
}

function nameOf(token: string, about: string): string {
  if (token === '') return about;
  const end = token.slice(-NAME_LENGTH);
  return about === '' ? end : `${about} ${end}`;
}

function isOf(entry: Entry<unknown>, token: string, about: string): boolean {
  return entry.token === token && entry.about === about;
}
