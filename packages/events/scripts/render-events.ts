import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { describeAllowed } from './describe-allowed.ts';
import { envelopeSchema } from './envelope.ts';
import type { EventSchema } from './schemas.ts';

const banner = '// Generated from schemas/ by `pnpm generate`. Edit the schema, not this file.\n';

/** The types of every event, their parse functions, and the catalogue: the module that is exported as it is. */
export async function renderEvents(schemas: EventSchema[]): Promise<string> {
  const [first] = schemas;
  const stranger = schemas.find((event) => event.source !== first?.source);
  if (!first || stranger) {
    throw new Error(
      `schemas/${stranger?.file}: its source is "${stranger?.source}", but "${first?.source}" in schemas/${first?.file}; ` +
        'all events of this package have one source',
    );
  }

  const imports = [
    `import type { EventBridgeEvent } from '../event.ts';`,
    `import { parseWith } from '../validate.ts';`,
    `import { contracts } from './contracts.ts';`,
  ];
  const types = await Promise.all(schemas.map(renderDetailType));
  return [
    banner,
    imports.join('\n'),
    '',
    types.join('\n'),
    '/** The `source` of every event of the contract. */',
    `export const source = ${JSON.stringify(first.source)};`,
    '',
    '/** The detail of each event, by its detail-type. */',
    'export interface Details {',
    ...schemas.map((event) => `  ${JSON.stringify(event.detailType)}: ${event.typeName};`),
    '}',
    '',
    '/** The detail-type of an event of the contract. */',
    'export type DetailType = keyof Details;',
    '',
    '/** The detail-type of each event, by its name in code. */',
    'export const detailTypes = {',
    ...schemas.map((event) => `  ${event.name}: ${JSON.stringify(event.detailType)},`),
    '} as const;',
    '',
    ...schemas.map(renderParse),
  ].join('\n');
}

/** What the parse functions need to know of each event: the checks, and the words for what they allow. */
export function renderContracts(schemas: EventSchema[]): string {
  return [
    banner,
    `import type { Contract } from '../validate.ts';`,
    `import * as validators from './validators.js';`,
    '',
    'export const contracts = {',
    ...schemas.map(renderContract),
    '} satisfies Record<string, Contract>;',
    '',
  ].join('\n');
}

async function renderDetailType(event: EventSchema): Promise<string> {
  const declaration = await compile(withoutTitles(event.schema) as JSONSchema, event.typeName, {
    bannerComment: '',
    // The contract is open, and a reader still shouldn't get a type for a field that it misspelt.
    additionalProperties: false,
  });
  const envelope = `${event.typeName}Event`;
  return [
    declaration.trim(),
    '',
    `/** "${event.detailType}" as EventBridge delivers it: the envelope, with {@link ${event.typeName}} as its detail. */`,
    `export type ${envelope} = EventBridgeEvent<${JSON.stringify(event.detailType)}, ${event.typeName}>;`,
    '',
  ].join('\n');
}

function renderContract(event: EventSchema): string {
  const { '': root, ...fields } = describeAllowed(envelopeSchema(event, event.schema));
  return `  ${JSON.stringify(event.detailType)}: {
    detailType: ${JSON.stringify(event.detailType)},
    isDetail: validators.${event.name}Detail,
    isEvent: validators.${event.name}Event,
    allowed: ${JSON.stringify({ '': root, ...fields }, null, 2)},
  },`;
}

function renderParse(event: EventSchema): string {
  return `/**
 * Parses an unknown value as an "${event.detailType}" event, envelope and detail. Unknown fields are kept.
 *
 * @example
 * const { detail } = parse${event.typeName}(event);
 * @throws {InvalidEventError} that lists every field that isn't as the contract has it.
 */
export const parse${event.typeName} = (event: unknown): ${event.typeName}Event =>
  parseWith(contracts[${JSON.stringify(event.detailType)}], event);
`;
}

/** A title on a field would become a type of its own name, and two schemas may have the same field. */
function withoutTitles(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutTitles);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(key === 'title' && typeof value === 'string'))
      .map(([key, value]) => [key, withoutTitles(value)]),
  );
}
