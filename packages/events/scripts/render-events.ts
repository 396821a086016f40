import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { describeAllowed } from './describe-allowed.ts';
import { envelopeSchema } from './envelope.ts';
import type { EventSchema, Fixtures } from './schemas.ts';

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
    `import * as contract from './contracts.ts';`,
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
    '/** Any event of the contract; its `detail-type` tells which. */',
    `export type OrderEvent = ${schemas.map((event) => `${event.typeName}Event`).join(' | ')};`,
    '',
    '/** The detail-type of each event, by its name in code. */',
    'export const detailTypes = {',
    ...schemas.map((event) => `  ${event.name}: ${JSON.stringify(event.detailType)},`),
    '} as const;',
    '',
    ...schemas.map(renderFunctions),
  ].join('\n');
}

/** What the parse functions need to know of each event: the checks, and the words for what they allow. */
export function renderContracts(schemas: EventSchema[]): string {
  return [
    banner,
    `import type { Contract } from '../validate.ts';`,
    `import * as validators from './validators.js';`,
    '',
    // Each a constant of its own, so that a bundle has those of the events that it parses and no others.
    ...schemas.map(renderContract),
    '/** All of them, by detail-type. */',
    'export const contracts = {',
    ...schemas.map((event) => `  ${JSON.stringify(event.detailType)}: ${event.name},`),
    '} satisfies Record<string, Contract>;',
    '',
    '/** The checks of the details alone, by detail-type. */',
    'export const detailValidators = {',
    ...schemas.map((event) => `  ${JSON.stringify(event.detailType)}: validators.${event.name}Detail,`),
    '};',
    '',
  ].join('\n');
}

/** For tests: an example of each event's detail, a factory for each event, and the fixtures. */
export function renderTesting(schemas: EventSchema[], fixtures: Fixtures): string {
  const examples = schemas.map(({ detailType, file, schema }) => {
    const [example] = Array.isArray(schema.examples) ? (schema.examples as unknown[]) : [];
    if (example === undefined)
      throw new Error(`schemas/${file}: examples is empty; the event's factory needs one`);
    return [detailType, example] as const;
  });
  return [
    banner,
    `import { makeEvent, type Overrides } from '../make-event.ts';`,
    `import type { Details, ${schemas.map(({ typeName }) => `${typeName}Event`).join(', ')} } from './events.ts';`,
    '',
    '/** An example of each detail, from the schema. */',
    // Asserted: an example may have fields that its type doesn't name.
    `const examples = ${JSON.stringify(Object.fromEntries(examples), null, 2)} as Details;`,
    '',
    ...schemas.map(
      ({ detailType, typeName }) => `/**
 * A valid "${detailType}" event, with an id of its own.
 *
 * @param overrides what is to differ: fields of the envelope, and fields of the detail
 */
export const make${typeName} = (overrides: Overrides<Details[${JSON.stringify(detailType)}]> = {}): ${typeName}Event =>
  makeEvent(${JSON.stringify(detailType)}, examples[${JSON.stringify(detailType)}], overrides);
`,
    ),
    '/** Details that the contract accepts and refuses, by detail-type and by what is special or wrong about them. */',
    `export const fixtures = ${JSON.stringify(fixtures, null, 2)} as {`,
    `  [DetailType in keyof Details]: { valid: Record<string, Details[DetailType]>; invalid: Record<string, unknown> };`,
    `};`,
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
  return `export const ${event.name}: Contract<${JSON.stringify(event.detailType)}> = {
  detailType: ${JSON.stringify(event.detailType)},
  isEvent: validators.${event.name}Event,
  allowed: ${JSON.stringify({ '': root, ...fields }, null, 2)},
};
`;
}

function renderFunctions(event: EventSchema): string {
  return `/**
 * Parses an unknown value as an "${event.detailType}" event, envelope and detail. Unknown fields are kept.
 *
 * @example
 * const { detail } = parse${event.typeName}(event);
 * @throws {InvalidEventError} that lists every field that isn't as the contract has it.
 */
export const parse${event.typeName} = (event: unknown): ${event.typeName}Event =>
  parseWith(contract.${event.name}, event);

/**
 * A Lambda handler for "${event.detailType}": parses what the rule delivers, and hands it on.
 *
 * It rejects, so that Lambda retries and then reports the event as failed, when the event isn't valid
 * (InvalidEventError, which lists every issue) or when \`handle\` rejects.
 *
 * @param handle gets the typed event and Lambda's context
 * @example
 * export const handler = on${event.typeName}(async ({ detail }) => console.info(detail));
 */
export const on${event.typeName} =
  <Context, Result>(handle: (event: ${event.typeName}Event, context: Context) => Promise<Result>) =>
  async (event: unknown, context: Context): Promise<Result> =>
    handle(parse${event.typeName}(event), context);
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
