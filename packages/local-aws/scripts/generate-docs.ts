/** Writes what is generated from the tables of this package: `docs/local-aws.md`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readKnown } from './read-known.ts';
import { renderDocument } from './render-document.ts';

const file = resolve(import.meta.dirname, '../../../docs/local-aws.md');
writeFileSync(file, renderDocument(await readKnown()));
console.log('generated docs/local-aws.md');
