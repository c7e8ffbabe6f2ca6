// The parts that examples use of a package which this repository has no need for itself.

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
