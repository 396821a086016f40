import { globSync } from 'node:fs';
import base from '../jest.config.base.js';

// The other folders here are packages of their own.
const functions = globSync('*/src/handler.ts', { cwd: import.meta.dirname }).map(
  (file) => file.split(/[\\/]/)[0],
);

export default { ...base, roots: functions.map((name) => `<rootDir>/${name}`) };
