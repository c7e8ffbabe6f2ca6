import { defineConfig } from '../../tsup.base';

export default defineConfig('index', 'express', 'websocket', 'backstage');
