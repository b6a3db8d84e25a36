import tseslint from 'typescript-eslint';

import { layersRule } from './scripts/lint/layers.js';

export default tseslint.config(
  { ignores: ['**/dist/**', 'build/**', '**/node_modules/**', 'coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.js'],
    plugins: { pmx: { rules: { layers: layersRule } } },
    rules: {
      'pmx/layers': 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message: 'Set process.exitCode; only bin/ and scripts/ end a process.',
        },
      ],
    },
  },
  {
    files: ['scripts/**', 'bench/**', 'bin/**', 'test/**', 'plugins/*/test/**'],
    rules: { 'no-console': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['test/**', 'plugins/*/test/**'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', 'pmx/layers': 'off' },
  },
);
