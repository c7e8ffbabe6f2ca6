import { defineConfig } from '../../tsup.base';

export default defineConfig('index', 'backstage', 'matchers', 'contracts');
