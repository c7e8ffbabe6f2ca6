import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const onlyInClock = 'Time comes from a Clock: this stands in Clock.ts alone.';
const timeSources = ['setTimeout', 'setInterval', 'setImmediate', 'performance'].map(name => ({
  name,
  message: onlyInClock,
}));
const network = { name: 'fetch', message: 'The network comes from an injected fetch.' };

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'artifacts/', 'coverage/', '.yarn/'] },
  // What the rules forbid, no comment allows.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        ...{ console: 'readonly', fetch: 'readonly', process: 'readonly', URL: 'readonly' },
        module: 'writable',
      },
    },
  },
  { files: ['**/*.cjs'], languageOptions: { globals: { require: 'readonly' } } },
  {
    // The page of the example runs in browsers.
    files: ['examples/standalone/page/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['TextDecoder', 'TextEncoder', 'atob', 'btoa'],
          ...['document', 'fetch', 'innerHeight', 'setInterval'],
        ].map(name => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/Clock.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', ...timeSources, network],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: onlyInClock },
        { object: 'process', property: 'hrtime', message: onlyInClock },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: onlyInClock },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
        { selector: 'ExportDefaultDeclaration', message: 'Exports have names.' },
      ],
    },
  },
  {
    // Projects of their own, with the globals of their runners.
    files: ['examples/plugin-tests/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...[
            'require',
            'fetch',
            'Response',
            'structuredClone',
            'describe',
            'it',
            'expect',
            'jest',
          ],
          ...['beforeAll', 'afterAll', 'beforeEach', 'afterEach'],
        ].map(name => [name, 'readonly']),
      ),
    },
  },
  {
    // How matchers are merged into the types of a runner.
    files: ['examples/plugin-tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' },
      ],
    },
  },
  {
    // The composition root names the default of the injected fetch.
    files: ['packages/auth-backend/src/createAuthBackend.ts'],
    rules: { 'no-restricted-globals': ['error', ...timeSources] },
  },
);
