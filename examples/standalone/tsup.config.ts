import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'src/main.ts', smoke: 'src/smoke.ts' },
  format: ['esm'],
  tsconfig: '../../tsconfig.build.json',
  target: 'node20',
  platform: 'node',
  clean: true,
});
