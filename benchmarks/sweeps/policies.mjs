import { createCredentialsBarrier } from '@stagepass/auth-http';
import { sweepRow } from '../harness/sweep.mjs';

/** Admits everybody: what is measured is the decision whom to ask for credentials. */
const httpAuth = { credentials: async () => undefined };

const request = { method: 'GET', headers: {} };

export const rows = [
  sweepRow({
    name: 'auth policies of one plugin',
    axis: 'policies',
    points: [1, 10, 100, 200],
    async open(policies) {
      const barrier = createCredentialsBarrier({ httpAuth });
      for (let n = 0; n < policies; n++) {
        barrier.addAuthPolicy({ path: `/open-${n}`, allow: 'unauthenticated' });
      }
      const admitting = path => ({
        prepare: count => Array.from({ length: count }, () => path),
        run: each => barrier.admit(request, each),
      });
      return {
        lines: {
          'admit, to what the last policy opens': admitting(`/open-${policies - 1}/file`),
          'admit, to what no policy opens': admitting('/entities/by-name/component'),
        },
      };
    },
  }),
];
