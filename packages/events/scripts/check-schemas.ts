/** Compares today's schemas with every released one: `pnpm schemas:check`. Ends with 1 on a break. */
import { resolve } from 'node:path';
import { printReport } from './print-report.ts';

const root = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../../..'));
process.exitCode = await printReport(root, console);
