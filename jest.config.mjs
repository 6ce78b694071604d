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
};
