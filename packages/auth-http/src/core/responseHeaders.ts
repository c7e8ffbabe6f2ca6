import type { AuthResponse } from '@stagepass/auth-node';

/** Adds `Set-Cookie` lines to a response, after those that it has already. */
export function appendCookies(response: AuthResponse, lines: readonly string[]): void {
  const present = [response.getHeader('Set-Cookie') ?? []].flat().map(String);
  response.setHeader('Set-Cookie', [...present, ...lines]);
}

/** Forbids caches to store a response that depends on who the caller is, or sets who that is. */
export function preventCaching(response: AuthResponse): void {
  response.setHeader('Cache-Control', 'no-store');
  const present = [response.getHeader('Vary') ?? []].flat().join(',').split(',');
  const names = new Map<string, string>();
  for (const name of [...present.map(part => part.trim()), 'Cookie', 'Authorization']) {
    if (name !== '') names.set(name.toLowerCase(), name);
  }
  response.setHeader('Vary', names.has('*') ? '*' : [...names.values()].join(', '));
}
