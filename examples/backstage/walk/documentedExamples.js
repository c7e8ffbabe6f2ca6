import { readFileSync } from 'node:fs';

/** Stands where the code of this example goes on with lines of its own. */
const OWN_LINES = '…';

/** The examples in the documentation of Backstage's auth service, and where they stand in the code. */
const examples = [
  {
    title: 'Using the Service',
    file: 'plugin.js',
    code: `
export default createBackendPlugin({
  pluginId: 'my-plugin',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
      },
      async init({ auth, httpAuth, httpRouter }) {
        // Your code goes here
        …
      },
    });
  },
});`,
  },
  {
    title: 'Creating Request Tokens, as the plugin itself',
    file: 'documentedRoutes.js',
    code: `
const { token } = await auth.getPluginRequestToken({
  onBehalfOf: await auth.getOwnServiceCredentials(),
  targetPluginId: 'catalog',
});`,
  },
  {
    title: 'Creating Request Tokens, on behalf of the caller',
    file: 'documentedRoutes.js',
    code: `
router.get('/makes-calls', async (req, res) => {
  const { token } = await auth.getPluginRequestToken({
    onBehalfOf: await httpAuth.credentials(req),
    targetPluginId: 'catalog',
  });
  …
});
// make a call using the token`,
  },
  {
    title: 'Authorizing Tokens',
    file: 'documentedRoutes.js',
    code: `
const credentials = await auth.authenticate(token);`,
  },
  {
    title: 'Inspecting Credentials',
    file: 'documentedRoutes.js',
    code: `
if (auth.isPrincipal(credentials, 'user')) {
  // In here, the TypeScript type of the credentials object has been properly
  // narrowed to \`BackstageCredentials<BackstageUserPrincipal>\` so you can
  // access its specific properties such as \`credentials.principal.userEntityRef\`.
  …
}`,
  },
];

/**
 * Tells for each documented example whether the code still holds it as it is written, white space aside.
 *
 * @returns {{ title: string, holds: boolean }[]}
 */
export function checkDocumentedExamples() {
  return examples.map(({ title, file, code }) => {
    const source = readFileSync(new URL(`../src/my-plugin/${file}`, import.meta.url), 'utf8');
    let rest = normalise(source);
    const holds = code.split(OWN_LINES).every(part => {
      const at = rest.indexOf(normalise(part));
      if (at >= 0) rest = rest.slice(at + normalise(part).length);
      return at >= 0;
    });
    return { title, holds };
  });
}

function normalise(code) {
  return code.replace(/\s+/g, ' ').trim();
}
