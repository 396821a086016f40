/** Writes `docs/asyncapi.yaml` and `docs/events.md`, from `schemas/` and the stack in `cdktf.out`. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { schemasDir } from '../src/contract/contract.ts';
import { renderDocuments } from './documents.ts';

const infra = resolve(import.meta.dirname, '..');
const documents = renderDocuments(schemasDir, join(infra, 'cdktf.out/stacks/orders/cdk.tf.json'));
for (const [name, text] of Object.entries(documents)) writeFileSync(join(infra, '../docs', name), text);
console.log(`generated docs/${Object.keys(documents).join(', docs/')}`);
