import type { LoadedModules } from './loadedModules';

/**
 * What each entry loads, and no more: a new name here makes the start of every backend slower. Which costly modules
 * of Node a peer loads is its own affair, and not written down.
 */
interface Entry {
  readonly entry: string;
  readonly esm: Partial<LoadedModules>;
  readonly commonJs: Partial<LoadedModules>;
}

const errors = ['@backstage/errors', 'serialize-error'];
const config = ['@backstage/config', '@backstage/errors', 'ms', 'serialize-error'];
const paths = ['@backstage/config', '@backstage/errors', 'ms', 'path-to-regexp', 'serialize-error'];
const withPeer = (peer: string, packages: readonly string[]) => [peer, ...packages].sort();

const vocabulary = ['auth-node/dist/index.js', 'auth-node/dist/shared.js'];
const internals = ['auth-node/dist/internal.js', 'auth-node/dist/shared.js'];
const node = [...new Set([...vocabulary, ...internals])].sort();
const vocabularyCjs = ['auth-node/dist/index.cjs'];
const internalsCjs = ['auth-node/dist/internal.cjs'];
const nodeCjs = [...vocabularyCjs, ...internalsCjs];

export const expectedModules: readonly Entry[] = [
  {
    entry: 'auth-node',
    esm: { own: vocabulary, packages: errors, costly: [] },
    commonJs: { own: vocabularyCjs, packages: errors, costly: [] },
  },
  {
    entry: 'auth-node/internal',
    esm: { own: internals, packages: errors, costly: [] },
    commonJs: { own: internalsCjs, packages: errors, costly: [] },
  },
  {
    entry: 'auth-backend',
    esm: { own: ['auth-backend/dist/index.js', ...node], packages: config, costly: [] },
    commonJs: { own: ['auth-backend/dist/index.cjs', ...nodeCjs], packages: config, costly: [] },
  },
  {
    entry: 'auth-backend/backstage',
    esm: {
      own: ['auth-backend/dist/backstage.js', 'auth-backend/dist/index.js', ...node],
      packages: withPeer('@backstage/backend-plugin-api', config),
    },
    commonJs: {
      own: ['auth-backend/dist/backstage.cjs', 'auth-backend/dist/index.cjs', ...nodeCjs],
      packages: withPeer('@backstage/backend-plugin-api', config),
    },
  },
  door('index', ''),
  door('fastify', '/fastify'),
  door('fetch', '/fetch'),
  door('node', '/node'),
  {
    entry: 'auth-http/express',
    esm: {
      own: ['auth-http/dist/express.js', 'auth-http/dist/shared.js', ...node],
      packages: withPeer('express', paths),
    },
    commonJs: {
      own: ['auth-http/dist/express.cjs', ...nodeCjs],
      packages: withPeer('express', paths),
    },
  },
  {
    entry: 'auth-http/websocket',
    esm: {
      own: ['auth-http/dist/shared.js', 'auth-http/dist/websocket.js', ...node],
      packages: paths,
      costly: ['http'],
    },
    commonJs: {
      own: ['auth-http/dist/websocket.cjs', ...nodeCjs],
      packages: errors,
      costly: ['http'],
    },
  },
  {
    entry: 'auth-test-utils',
    esm: {
      own: [...node, 'auth-test-utils/dist/index.js', 'auth-test-utils/dist/shared.js'],
      packages: errors,
      costly: [],
    },
    commonJs: {
      own: [...nodeCjs, 'auth-test-utils/dist/index.cjs'],
      packages: errors,
      costly: [],
    },
  },
  {
    entry: 'auth-test-utils/backstage',
    esm: {
      own: [
        ...node,
        'auth-test-utils/dist/backstage.js',
        'auth-test-utils/dist/index.js',
        'auth-test-utils/dist/shared.js',
      ],
      packages: withPeer('@backstage/backend-plugin-api', errors),
    },
    commonJs: {
      own: [...nodeCjs, 'auth-test-utils/dist/backstage.cjs', 'auth-test-utils/dist/index.cjs'],
      packages: withPeer('@backstage/backend-plugin-api', errors),
    },
  },
  {
    entry: 'auth-test-utils/matchers',
    esm: {
      own: [...internals, 'auth-test-utils/dist/matchers.js', 'auth-test-utils/dist/shared.js'],
      packages: errors,
      costly: [],
    },
    commonJs: {
      own: [...internalsCjs, 'auth-test-utils/dist/matchers.cjs'],
      packages: errors,
      costly: [],
    },
  },
  {
    entry: 'auth-test-utils/contracts',
    esm: {
      own: [...vocabulary, 'auth-test-utils/dist/contracts.js'],
      packages: errors,
      costly: [],
    },
    commonJs: {
      own: [...vocabularyCjs, 'auth-test-utils/dist/contracts.cjs'],
      packages: errors,
      costly: [],
    },
  },
];

/** An entry of auth-http that loads no peer; for ESM they stand on one shared file. */
function door(file: string, subpath: string): Entry {
  return {
    entry: `auth-http${subpath}`,
    esm: {
      own: [`auth-http/dist/${file}.js`, 'auth-http/dist/shared.js', ...node],
      packages: paths,
      costly: [],
    },
    commonJs: {
      own: [`auth-http/dist/${file}.cjs`, ...nodeCjs],
      packages: paths,
      costly: [],
    },
  };
}
