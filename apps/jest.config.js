import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import base from '@orders/jest';

// The folders here that are packages of their own.
const packages = globSync('*/package.json', { cwd: import.meta.dirname }).map(
  (file) => `<rootDir>/${dirname(file)}/`,
);

export default {
  ...base,
  testPathIgnorePatterns: [...base.testPathIgnorePatterns, ...packages],
  modulePathIgnorePatterns: [...base.modulePathIgnorePatterns, ...packages],
};
