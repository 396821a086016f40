/** Prepares a release: `pnpm release:version` sets version and changelog, and keeps the released schemas. */
import { resolve } from 'node:path';
import { prepareRelease } from './prepare-release.ts';

const root = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../../..'));
process.exitCode = await prepareRelease(root, console);
