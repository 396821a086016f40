import { type ContractEvent, type JsonSchema, readContract, validateContract } from '@orders/contract';
import { createAjv } from '@orders/schema-compatibility';
import { readFixtures } from './fixtures.ts';
import { toEventSchema } from './schemas.ts';

/** A new event: the texts of its files by their paths from the root, and what they say. */
export interface Draft {
  files: Record<string, string>;
  event: ContractEvent;
  /** The event whose first field, publisher and fixtures the draft has. */
  model: ContractEvent;
}

/**
 * Drafts a new event: its schema, its fixtures and its changeset. The schema has one field, the first that the first event
 * of the contract requires, with the same limits as there, and its publisher. The fixtures for the field are those of that
 * event.
 *
 * @param schemasDir the contract; it stays as it is
 * @throws an Error that says what is allowed, for a detail-type that can't be an event of the contract or is one already
 */
export function draftEvent(schemasDir: string, detailType: string): Draft {
  const contract = readContract(schemasDir);
  const [model] = contract;
  if (!model) throw new Error(`${schemasDir}: it has no event to take the first field from`);
  const id = idOf(detailType);
  const taken = contract.find((event) => event.id === id || event.detailType === detailType);
  if (taken) throw new Error(`schemas/${taken.id}.json has the event "${taken.detailType}" already`);

  const detail = draftSchema(id, detailType, model);
  const event = { ...model, id, detailType, detail };
  validateContract([event]);
  toEventSchema(event);
  return { files: filesOf(event, fixturesOf(schemasDir, event, model)), event, model };
}

function idOf(detailType: string): string {
  if (/^[A-Z][A-Za-z0-9]*( [A-Za-z0-9]+)*$/.test(detailType)) {
    return detailType.toLowerCase().replaceAll(' ', '-');
  }
  throw new Error(
    `The detail-type is ${JSON.stringify(detailType)}; allowed are words of letters and digits, with one blank between ` +
      'them, that say what has happened, such as "Order Cancelled"',
  );
}

function draftSchema(id: string, detailType: string, model: ContractEvent): JsonSchema {
  const { required: [name] = [], properties = {} } = model.detail;
  const field = name === undefined ? undefined : properties[name];
  const [example] = field?.examples ?? [];
  if (name === undefined || !field || example === undefined) {
    throw new Error(
      `schemas/${model.id}.json: its first required field has no example; a new event takes the field from there`,
    );
  }
  return {
    $schema: model.detail.$schema,
    $id: id,
    title: detailType,
    description: `${detailType}: say here what has happened.`,
    'x-amazon-events-source': model.source,
    'x-amazon-events-detail-type': detailType,
    'x-published-by': model.publishedBy,
    type: 'object',
    required: [name],
    properties: { [name]: field },
    examples: [{ [name]: example }],
  };
}

type OfKind = Record<'valid' | 'invalid', Record<string, unknown>>;

/** The example, and the model's invalid details that are invalid for the fields of this event too. */
function fixturesOf(schemasDir: string, { detail }: ContractEvent, model: ContractEvent): OfKind {
  const isValid = createAjv({ strict: false, validateSchema: false }).compile({ ...detail, $id: 'draft' });
  const ofModel = readFixtures(schemasDir, [model])[model.detailType]?.invalid ?? {};
  const cut = Object.entries(ofModel).map(([name, each]) => [name, withoutOthers(each, detail)] as const);
  const invalid = Object.fromEntries(cut.filter(([, each]) => !isValid(each)));
  return { valid: { example: detail.examples?.[0] }, invalid };
}

/** A detail without the fields that the schema doesn't have. */
function withoutOthers(value: unknown, { properties = {} }: JsonSchema): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(properties, name)));
}

function filesOf({ id, detailType, detail }: ContractEvent, fixtures: OfKind): Record<string, string> {
  const kinds = Object.entries(fixtures).flatMap(([kind, ofKind]) =>
    Object.entries(ofKind).map(([name, each]) => [`schemas/fixtures/${id}/${kind}/${name}.json`, each]),
  );
  const json = Object.fromEntries([[`schemas/${id}.json`, detail], ...kinds]);
  return {
    ...Object.fromEntries(
      Object.entries(json).map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]),
    ),
    [`.changeset/${id}.md`]: `---\n"@orders/events": minor\n---\n\nA new event: ${detailType}.\n`,
  };
}
