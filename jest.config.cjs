/** @type {import('jest').Config} */
module.exports = {
  roots: ['broker/test', 'monitor', 'test'].filter((folder) => require('node:fs').existsSync(`${__dirname}/${folder}`)),
  testMatch: ['**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  // No haste map of the builds, where every package.json and source would turn up twice.
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.ts$': [
      'ts-jest',
      {
        // Types are checked by lint and build; here each file is only translated.
        diagnostics: false,
        tsconfig: '<rootDir>/broker/tsconfig.test.json',
      },
    ],
  },
  globalSetup: './broker/test/support/postgres-setup.ts',
  globalTeardown: './broker/test/support/postgres-teardown.ts',
  testTimeout: 30_000,
  maxWorkers: 2,
};
