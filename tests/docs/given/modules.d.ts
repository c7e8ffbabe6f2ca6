// The parts that examples use of packages which this repository has no need for itself.

declare module 'supertest' {
  import type { Server } from 'node:http';
  import type { Express } from 'express';

  interface Response {
    readonly status: number;
    readonly body: unknown;
    readonly headers: Record<string, string>;
  }
  interface Test extends PromiseLike<Response> {
    set(name: string, value: string): this;
    send(body: object): this;
    expect(status: number): this;
    expect(status: number, body: unknown): this;
  }
  export default function request(
    app: Express | Server,
  ): Record<'get' | 'post' | 'put' | 'delete', (path: string) => Test>;
}

declare module 'vitest' {
  interface Matchers<T> {}
  interface Assertion<T> extends Matchers<T> {
    readonly not: Assertion<T>;
    readonly resolves: Assertion<Awaited<T>>;
    readonly rejects: Assertion<Awaited<T>>;
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
    toMatchObject(expected: object): void;
    toHaveBeenCalledWith(...expected: unknown[]): void;
  }
  export function expect<T>(actual: T): Assertion<T>;
  export namespace expect {
    function extend(matchers: object): void;
  }
  export function test(name: string, body: () => unknown): void;
  export function it(name: string, body: () => unknown): void;
  export function describe(name: string, body: () => void): void;
}
