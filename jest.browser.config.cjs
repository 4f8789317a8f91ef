/** What needs a real browser: `jest -c jest.browser.config.cjs`. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['test/browser'],
  testMatch: ['**/*.browser.ts'],
  globalSetup: undefined,
  globalTeardown: undefined,
  testTimeout: 60_000,
};
