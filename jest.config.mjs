/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/jest-environment.mjs',
  testMatch: [
    '<rootDir>/packages/*/src/**/*.spec.ts',
    '<rootDir>/benchmarks/src/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
  ],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/runs/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testEnvironmentOptions: { customExportConditions: ['@lomap/source', 'node', 'node-addons'] },
  workerIdleMemoryLimit: '1GB',
  // What a test takes on a laptop that trains beside it, with room: a limit is for what hangs. Tests do not set shorter ones.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/test/needs/reporter.mjs'],
};
