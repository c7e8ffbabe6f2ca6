import { fileURLToPath } from 'node:url';
import { walkInstalled } from '../subjects/installedTree.mjs';

const MEBIBYTE = 1024 * 1024;

const here = fileURLToPath(new URL('.', import.meta.url));

const ours = ['auth-node', 'auth-backend', 'auth-http', 'auth-test-utils'];

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  {
    name: 'installed with the four packages, production dependencies',
    reference:
      '@backstage/backend-defaults with its production dependencies, as they are installed here',
    async run() {
      const four = walkInstalled(
        ours.map(name => `@stagepass/${name}`),
        here,
      );
      const backstage = walkInstalled(['@backstage/backend-defaults'], here);
      return {
        figures: [
          { name: 'backstage', value: backstage.bytes / MEBIBYTE, unit: 'MiB' },
          { name: 'in', value: backstage.packages, unit: 'packages' },
        ],
        targets: [
          { name: '', value: four.bytes / MEBIBYTE, unit: 'MiB', atMost: 3 },
          { name: 'with ours among them', value: four.packages, unit: 'packages', atMost: 16 },
        ],
      };
    },
  },
];
