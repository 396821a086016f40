import { readFileSync } from 'node:fs';
import { readCatalogue } from './catalogue.ts';
import { renderAsyncApi } from './render-asyncapi.ts';
import { renderEventsPage } from './render-events-page.ts';
import { readTopology } from './topology.ts';

/**
 * The generated documents, by their name in `docs/`.
 *
 * @param schemasDir the contract, `schemas/`
 * @param stackFile the synthesized stack, `cdk.tf.json`
 * @throws an Error when the schemas and the stack disagree on who publishes an event
 */
export function renderDocuments(schemasDir: string, stackFile: string): Record<string, string> {
  const topology = readTopology(JSON.parse(readFileSync(stackFile, 'utf8')));
  const catalogue = readCatalogue(schemasDir, topology);
  return { 'asyncapi.yaml': renderAsyncApi(catalogue), 'events.md': renderEventsPage(catalogue) };
}
