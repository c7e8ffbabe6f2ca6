import type { JsonObject } from '@backstage/types';
import { createAuthBackend } from '@stagepass/auth-backend';
import { createCredentialsBarrier, createHttpAuthService } from '@stagepass/auth-http';
import { mockServices } from '@stagepass/auth-test-utils';
import { parse } from 'yaml';
import type { CodeBlock } from './markdown';

const silent = { error() {}, warn() {}, info() {}, debug() {}, child: () => silent };

/**
 * Gives a block of configuration to everything that reads configuration, as at the start of a backend.
 *
 * Variables such as `${CI_TOKEN}` get a value: the same for the same name, which is a good secret too.
 *
 * @throws whatever keeps the backend from starting
 */
export function readConfiguration({ code }: CodeBlock): JsonObject {
  const filled = code.replace(/\$\{(\w+)\}/g, (_, name: string) =>
    Buffer.from(`${name} `.repeat(32).slice(0, 33)).toString('base64'),
  );
  const config = parse(filled) as JsonObject;
  createAuthBackend({ config, logger: silent });
  const auth = mockServices.auth();
  const discovery = mockServices.discovery();
  const httpAuth = createHttpAuthService({ auth, discovery, pluginId: 'my-plugin', config });
  createCredentialsBarrier({ httpAuth, config });
  return config;
}
