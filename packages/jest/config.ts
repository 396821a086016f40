import { fileURLToPath } from 'node:url';

/**
 * Tests run as what the code is: ES modules whose types Node.js strips itself. Jest's own runner makes a new context for each
 * file, and loads and compiles all modules anew in it, which is a third of the time of all tests.
 *
 * All files of a package share their modules. A test that needs a module as it is at its beginning imports it with a query
 * of its own.
 */
export default {
  runner: [fileURLToPath(import.meta.resolve('jest-light-runner')), { runtime: 'child_process' }],
  // Node.js itself strips the types. Without this, Jest loads Babel in each package.
  transform: {},
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdktf.out/'],
  modulePathIgnorePatterns: ['/dist/', '/cdktf.out/'],
};
