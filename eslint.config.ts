import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const product = ['functions/**/*.ts', 'lib/**/*.ts'];
const page = ['web/src/**/*.{ts,tsx}'];
const tests = ['**/*.test.ts', 'tests/**/*.ts', 'bench/**/*.ts'];

export default defineConfig(
  globalIgnores([
    '**/*.{js,mjs}',
    'node_modules',
    '.local',
    '.serverless',
    '.esbuild',
    '.package',
    '**/dist',
    'coverage',
    'web/src/api/api-types.ts',
  ]),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      complexity: ['error', 10],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
          message: "`import * as z from 'zod'`: of its object `z` a bundle would carry all, texts in 40 languages too.",
        },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // The product's own code: one outbound HTTP client (lib/outbound), one reader of the environment (lib/env.ts).
    files: product,
    ignores: tests,
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({
          name,
          message: 'Outbound requests go through lib/outbound.',
        })),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'undici', 'axios', 'got', 'node-fetch']
            .flatMap((name) => [name, `node:${name}`])
            .map((name) => ({ name, message: 'Outbound requests go through lib/outbound.' })),
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read settings by lib/env.ts.' },
        { object: 'globalThis', property: 'fetch', message: 'Outbound requests go through lib/outbound.' },
      ],
    },
  },
  {
    files: page,
    ignores: tests,
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      // It warns of what the React compiler would not compile; the page is built without it.
      'react-hooks/incompatible-library': 'off',
    },
  },
  { files: ['lib/outbound/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['lib/env.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    // Programs that talk to a person on a terminal.
    files: ['**/*.test.ts', 'cli/**/*.ts', 'infra/**/*.ts', 'samples/**/*.ts', 'bench/**/*.ts', 'tests/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    rules: {
      complexity: 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
