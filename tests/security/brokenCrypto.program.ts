import { broken } from './breakable';
import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService } from '@stagepass/auth-node';
import { silentLogger } from '../databases/silentLogger';

/** What is broken, and from when on: `sign` before anything is done, `later sign` once a plugin is open. */
const [when = '', what = when] = (process.env.BREAK ?? '').split(' ');

function breakIt(): void {
  if (what === 'globals') Object.defineProperty(globalThis, 'crypto', { value: undefined });
  else broken.add(what);
}

async function tell(step: string, work: () => Promise<unknown>): Promise<unknown> {
  try {
    const result = await work();
    console.log(`${step}: done`);
    return result;
  } catch (error) {
    const { name, code, message, reason } = error as Record<string, unknown>;
    console.log(`${step}: ${JSON.stringify({ name, code, message, reason })}`);
    return undefined;
  }
}

void (async () => {
  if (when !== 'later') breakIt();
  const getBaseUrl = () => Promise.resolve('http://127.0.0.1:1');
  const backend = createAuthBackend({
    discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    logger: silentLogger,
  });
  const auth = (await tell('open', () => backend.forPlugin('a'))) as AuthService | undefined;
  if (!auth) return;
  const issue = async (targetPluginId: string) => {
    const onBehalfOf = await auth.getOwnServiceCredentials();
    return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
  };
  const good = when === 'later' ? await issue('a') : undefined;
  if (when === 'later') breakIt();
  // For another plugin: what was issued before it broke goes out again.
  const issued = await tell('issue', () => issue(when === 'later' ? 'b' : 'a'));
  const token = (good ?? issued) as string | undefined;
  if (!token) return;
  await tell('accept a good token', () => auth.authenticate(token));
  const altered = token.replace(
    /.(.{20})$/,
    (end, rest) => `${end.startsWith('A') ? 'B' : 'A'}${rest}`,
  );
  await tell('accept an altered token', () => auth.authenticate(altered));
})();
