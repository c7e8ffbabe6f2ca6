import { defineConfig } from '../../tsup.base';

export default defineConfig(
  'index',
  'express',
  'fastify',
  'fetch',
  'node',
  'websocket',
  'backstage',
);
