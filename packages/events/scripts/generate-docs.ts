/** Brings the table of events in README.md up to date: `pnpm docs:generate`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readContract } from '@orders/contract';
import { withEventTable } from './event-table.ts';

const file = resolve(import.meta.dirname, '../README.md');
writeFileSync(file, withEventTable(readFileSync(file, 'utf8'), readContract()));
