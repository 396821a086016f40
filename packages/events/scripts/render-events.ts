import { envelopeOf } from '@orders/contract';
import { describeAllowed } from './describe-allowed.ts';
import { fieldPaths } from './field-paths.ts';
import type { Fixtures } from './fixtures.ts';
import { idsInExample } from './ids-in-example.ts';
import { renderType } from './render-type.ts';
import { renderValidators } from './render-validators.ts';
import type { EventSchema } from './schemas.ts';

const banner = '// Generated from schemas/ by `pnpm generate`. Edit the schema, not this file.\n';

/**
 * The files of `src/generated/`, by name.
 *
 * @throws an Error that names the file which the package can't be generated from
 */
export async function render(events: EventSchema[], fixtures: Fixtures): Promise<Record<string, string>> {
  const source = sourceOf(events);
  return {
    ...(await renderValidators(events, source)),
    'contracts.ts': renderContracts(events, source),
    'fields.ts': renderFields(events),
    'events.ts': await renderEvents(events, source),
    'testing.ts': renderTesting(events, fixtures),
  };
}

/** The one source of all events. */
function sourceOf(events: EventSchema[]): string {
  const [first] = events;
  const stranger = events.find((event) => event.source !== first?.source);
  if (!first || stranger) {
    throw new Error(
      `schemas/${stranger?.id}.json: its source is "${stranger?.source}", but "${first?.source}" in ` +
        `schemas/${first?.id}.json; all events of this package have one source`,
    );
  }
  return first.source;
}

/** The types of every event, their parse functions, and the catalogue of names. */
async function renderEvents(schemas: EventSchema[], source: string): Promise<string> {
  const imports = [
    `import type { EventBridgeEvent } from '../event.ts';`,
    `import { createHandler, type Handler } from '../handler.ts';`,
    `import type { LaterEvent } from '../later-event.ts';`,
    `import { createParser, createSafeParser, type Parser, type ParseResult } from '../parser.ts';`,
    `import { isEvent, parseEvent } from '../validate.ts';`,
    `import * as contract from './contracts.ts';`,
  ];
  const types = await Promise.all(schemas.map(renderDetailType));
  return [
    banner,
    imports.join('\n'),
    '',
    types.join('\n'),
    '/** The `source` of every event of the contract. */',
    `export const source = ${JSON.stringify(source)};`,
    '',
    '/** The detail of each event, by its detail-type. */',
    'export interface Details {',
    ...schemas.map((event) => `  ${JSON.stringify(event.detailType)}: ${event.typeName};`),
    '}',
    '',
    '/** The detail-type of an event of the contract. */',
    'export type DetailType = keyof Details;',
    '',
    '/** Any event of the contract, or one that a later release adds. Its `detail-type` narrows it. */',
    `export type OrderEvent = ${schemas.map((event) => `${event.typeName}Event`).join(' | ')} | LaterEvent;`,
    '',
    '/** The detail-type of each event, by its name in code. */',
    'export const detailTypes = {',
    ...schemas.map((event) => `  ${event.codeName}: ${JSON.stringify(event.detailType)},`),
    '} as const;',
    '',
    ...schemas.map(renderFunctions),
  ].join('\n');
}

/** The validators of the parse functions, and the words for what they allow. */
function renderContracts(events: EventSchema[], source: string): string {
  const { '/detail-type': _, '/detail': __, ...envelope } = describeAllowed(envelopeOf({ source }, {}));
  return [
    banner,
    `import type { Contract } from '../validator.ts';`,
    `import * as validators from './validators.js';`,
    '',
    '/** The envelope of every event. */',
    `export const envelope = { isValid: validators.envelope, allowed: ${JSON.stringify(envelope, null, 2)} };`,
    '',
    // Each a constant of its own, so that a bundle has only those of the events that it parses.
    ...events.map(renderContract),
    '/** The contract of each event, by detail-type. */',
    'export const contracts = {',
    ...events.map((event) => `  ${JSON.stringify(event.detailType)}: ${event.codeName}Contract,`),
    '} satisfies Record<string, Contract>;',
    '',
  ].join('\n');
}

/** The names of fields, for what needs nothing else of the schemas. */
const renderFields = (events: EventSchema[]): string =>
  [
    banner,
    '/** The fields of each detail, by the names that lead to them. `labels.*` are all fields of a map. */',
    'export const fields: Readonly<Record<string, readonly string[]>> = {',
    ...events.map(
      ({ detailType, detail }) => `  ${JSON.stringify(detailType)}: ${JSON.stringify(fieldPaths(detail))},`,
    ),
    '};',
    '',
  ].join('\n');

/** For tests: an example of each event's detail, a factory for each event, and the fixtures. */
function renderTesting(schemas: EventSchema[], fixtures: Fixtures): string {
  const events = schemas.map((event) => {
    const [example] = event.detail.examples ?? [];
    if (example === undefined)
      throw new Error(`schemas/${event.id}.json: examples is empty; the event's factory needs one`);
    return { ...event, example, ids: idsInExample(event, example) };
  });
  const examples = events.map(({ detailType, example }) => [detailType, example]);
  return [
    banner,
    `import { makeEvent, type Overrides } from '../make-event.ts';`,
    `import type { Details, ${schemas.map(({ typeName }) => `${typeName}Event`).join(', ')} } from './events.ts';`,
    '',
    '/** An example of each detail, from the schema. */',
    // A type assertion, because an example may have fields that its type doesn't declare.
    `const examples = ${JSON.stringify(Object.fromEntries(examples), null, 2)} as Details;`,
    '',
    ...events.map(
      ({ detailType, typeName, ids }) => `/**
 * A valid event ${inComment(detailType)}, with ids of its own.
 *
 * @param overrides fields of the envelope, and fields of the detail, that differ from the example; and a seed for the ids
 */
export const make${typeName} = (overrides: Overrides<Details[${JSON.stringify(detailType)}]> = {}): ${typeName}Event =>
  makeEvent(${JSON.stringify(detailType)}, examples[${JSON.stringify(detailType)}], ${JSON.stringify(ids)}, overrides);
`,
    ),
    '/** Valid and invalid details, by detail-type and by what is special or wrong about them. */',
    `export const fixtures = ${JSON.stringify(fixtures, null, 2)} as {`,
    `  [DetailType in keyof Details]: { valid: Record<string, Details[DetailType]>; invalid: Record<string, unknown> };`,
    `};`,
    '',
  ].join('\n');
}

async function renderDetailType({ detail, detailType, typeName }: EventSchema): Promise<string> {
  return [
    await renderType(detail, typeName),
    '',
    `/** ${inComment(detailType)} as EventBridge delivers it: the envelope, with {@link ${typeName}} as its detail. */`,
    `export type ${typeName}Event = EventBridgeEvent<${JSON.stringify(detailType)}, ${typeName}>;`,
    '',
  ].join('\n');
}

/** A detail-type in quotes. It may contain the end of a comment. */
const inComment = (detailType: string) => JSON.stringify(detailType).replaceAll('*/', '*\\/');

function renderContract({ codeName, detailType, detail }: EventSchema): string {
  return `export const ${codeName}Contract: Contract<${JSON.stringify(detailType)}> = {
  detailType: ${JSON.stringify(detailType)},
  isDetail: validators.${codeName}Detail,
  allowed: ${JSON.stringify(describeAllowed(detail), null, 2)},
};
`;
}

function renderFunctions(event: EventSchema): string {
  return `/**
 * Parses an unknown value as an event ${inComment(event.detailType)}, envelope and detail. It keeps unknown fields.
 *
 * @example
 * const { detail } = parse${event.typeName}(event);
 * @throws {InvalidEventError} with an issue for each field that breaks the contract.
 */
export const parse${event.typeName}: Parser<${event.typeName}Event> = /* @__PURE__ */ createParser((event) =>
  parseEvent(contract.${event.codeName}Contract, event),
);

/**
 * Parses like {@link parse${event.typeName}}, and returns the error instead of throwing it.
 *
 * @example
 * const result = safeParse${event.typeName}(event);
 * if (!result.success) console.error(result.error.issues);
 */
export const safeParse${event.typeName}: (event: unknown) => ParseResult<${event.typeName}Event> =
  /* @__PURE__ */ createSafeParser((event) => parseEvent(contract.${event.codeName}Contract, event));

/**
 * Whether a value is a valid event ${inComment(event.detailType)}, envelope and detail.
 *
 * @example
 * const placed = events.filter(is${event.typeName});
 */
export const is${event.typeName} = (event: unknown): event is ${event.typeName}Event =>
  isEvent(contract.${event.codeName}Contract, event);

/**
 * A Lambda handler for ${inComment(event.detailType)}: it parses the event and calls \`handle\`.
 *
 * It rejects for an invalid event (with an InvalidEventError) and when \`handle\` rejects, so that Lambda retries the
 * event and then sends it to the function's dead-letter queue.
 *
 * @param handle gets the typed event and the context of the invocation
 * @example
 * export const handler = on${event.typeName}(async ({ detail }) => console.info(detail));
 */
export const on${event.typeName} =
  <Context, Result>(
    handle: (event: ${event.typeName}Event, context: Context) => Promise<Result>,
  ): Handler<Context, Result> => createHandler(parse${event.typeName}, handle);
`;
}
