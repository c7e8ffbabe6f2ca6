import { defineConfig, defineProgram } from '../../tsup.base';

export default [defineConfig('index', 'backstage'), defineProgram('cli')].flat();
