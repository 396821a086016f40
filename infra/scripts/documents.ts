import { stageNames } from '../src/stages.ts';
import { readCatalogue } from './catalogue.ts';
import { renderAsyncApi } from './render-asyncapi.ts';
import { renderEventsPage } from './render-events-page.ts';
import { renderOpenApi } from './render-openapi.ts';
import { renderSnapshot } from './render-snapshot.ts';
import type { StackJson } from './stack-json.ts';
import { synthStack } from './synthesize.ts';
import { readTopology } from './topology.ts';

/**
 * The golden copies: files that are generated from the schemas and the stack, committed, and reviewed as a diff.
 *
 * @param schemasDir the contract, `schemas/`
 * @returns the texts by their path from the root
 */
export function goldenCopies(schemasDir: string): Record<string, string> {
  const stacks = stageNames.map((stage) => [stage, synthStack(stage)] as const);
  // Every stage has the same events and rules.
  const [[, stack] = []] = stacks;
  if (!stack) throw new Error('infra/src/stages.ts has no stage');
  return {
    ...renderDocuments(schemasDir, stack),
    'docs/openapi.yaml': renderOpenApi(
      readCatalogue(schemasDir, readTopology(stack)),
      stacks.map(([name, json]) => ({ name, json })),
    ),
    ...Object.fromEntries(
      stacks.map(([stage, json]) => [`infra/snapshots/${stage}.yaml`, renderSnapshot(stage, json)]),
    ),
  };
}

/**
 * The catalogue of the events, for tools and for people, by the path from the root.
 *
 * @param schemasDir the contract, `schemas/`
 * @throws an Error if the schemas and the stack disagree about the publisher of an event
 */
export function renderDocuments(
  schemasDir: string,
  stack: StackJson,
): Record<'docs/asyncapi.yaml' | 'docs/events.md', string> {
  const catalogue = readCatalogue(schemasDir, readTopology(stack));
  return { 'docs/asyncapi.yaml': renderAsyncApi(catalogue), 'docs/events.md': renderEventsPage(catalogue) };
}
