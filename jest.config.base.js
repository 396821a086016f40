/**
 * Tests run as what the code is: ES modules. @swc/jest only strips the types.
 *
 * The scripts start Node.js with `--experimental-async-context-frame`, which is the default from Node.js 24 on. Without it,
 * every promise visits every AsyncLocalStorage of the process, also those of test files that have ended.
 */
export default {
  testEnvironment: 'node',
  // For a busy machine: a test that waits for something waits for as long as it takes, and no longer than this.
  testTimeout: 60_000,
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdktf.out/'],
  modulePathIgnorePatterns: ['/dist/', '/cdktf.out/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } },
    ],
  },
};
