import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { defineConfig, globalIgnores } from 'eslint/config';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const community = n8nCommunityNodesPlugin.configs.recommended;
const base = { 'n8n-nodes-base': n8nNodesBase };
// The rules that n8n's own preset for community packages switches off too.
const off = (...names) => Object.fromEntries(names.map((name) => [`n8n-nodes-base/${name}`, 'off']));

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', '.otobot/', '.cache/']),
  {
    files: ['nodes/**/*.ts', 'credentials/**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.recommended, community],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['package.json'],
    extends: [community],
    plugins: base,
    rules: n8nNodesBase.configs.community.rules,
    languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
  },
  {
    files: ['credentials/**/*.ts'],
    plugins: base,
    rules: {
      ...n8nNodesBase.configs.credentials.rules,
      ...off('cred-class-field-documentation-url-miscased', 'cred-class-field-type-options-password-missing'),
    },
  },
  {
    files: ['nodes/**/*.ts'],
    plugins: base,
    rules: {
      ...n8nNodesBase.configs.nodes.rules,
      ...off(
        'node-class-description-inputs-wrong-regular-node',
        'node-class-description-outputs-wrong',
        'node-param-type-options-max-value-present',
      ),
    },
  },
  {
    files: ['broker/**/*.ts', 'monitor/**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['broker/tsconfig.test.json', 'tsconfig.test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'no-console': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Services are closures, not classes: what is taken from them needs no `this`.
      '@typescript-eslint/unbound-method': 'off',
      // winston declares its transports as interfaces, which this rule takes for foreign objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // It asks for `!`, which no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.recommended],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/bin/*.js', '*.js'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'fetch',
          'performance',
          'structuredClone',
          'AbortSignal',
          'AbortController',
          'URLSearchParams',
          'require',
          'module',
          '__dirname',
          '__filename',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
