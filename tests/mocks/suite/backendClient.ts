import type { TestBackend } from '@backstage/backend-test-utils';

/** What a request may carry. */
interface RequestParts {
  authorization?: string;
  cookie?: string;
  body?: object;
}

/** An answer, read to its end. */
interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** Makes the function that sends requests to a test backend, such as `ask('GET /api/todo/health')`. */
export function clientOf({ server }: Pick<TestBackend, 'server'>) {
  return async (methodAndPath: string, parts: RequestParts = {}): Promise<Answer> => {
    const [method, path] = methodAndPath.split(' ');
    const { body, ...headers } = parts;
    const response = await fetch(`http://127.0.0.1:${server.port()}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as unknown) : text,
    };
  };
}

/** What is left of an answer that refuses: what callers and tests tell refusals apart by. */
export function refusal({ status, body }: Answer): [status: number, name: string, message: string] {
  const { error } = body as { error: { name: string; message: string } };
  return [status, error.name, error.message];
}
