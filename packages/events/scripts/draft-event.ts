import { type ContractEvent, readContract, validateContract } from '@orders/contract';
import { readFixtures } from './fixtures.ts';
import { toEventSchema } from './schemas.ts';

/** A new event: the texts of its files by their paths from the root, and what they say. */
export interface Draft {
  files: Record<string, string>;
  event: ContractEvent;
  /** The event whose fields, publisher and fixtures the draft has. */
  model: ContractEvent;
}

/**
 * Drafts a new event: its schema, its fixtures and its changeset. They are those of the first event of the contract, with
 * another name. So the draft passes every check that this event passes, also those of what its publisher hands on.
 *
 * @param schemasDir the contract; it stays as it is
 * @throws an Error that says what is allowed, for a detail-type that can't be an event of the contract or is one already
 */
export function draftEvent(schemasDir: string, detailType: string): Draft {
  const contract = readContract(schemasDir);
  const [model] = contract;
  if (!model) throw new Error(`${schemasDir}: it has no event to take the fields from`);
  const id = idOf(detailType);
  const taken = contract.find((event) => event.id === id || event.detailType === detailType);
  if (taken) throw new Error(`schemas/${taken.id}.json has the event "${taken.detailType}" already`);

  const detail = {
    ...model.detail,
    $id: id,
    title: detailType,
    description: `${detailType}: say here what has happened.`,
    'x-amazon-events-detail-type': detailType,
  };
  const event = { ...model, id, detailType, detail };
  validateContract([event]);
  toEventSchema(event);
  const fixtures = readFixtures(schemasDir, [model])[model.detailType] ?? {};
  return { files: filesOf(event, fixtures), event, model };
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

function filesOf({ id, detailType, detail }: ContractEvent, fixtures: object): Record<string, string> {
  const kinds = Object.entries(fixtures).flatMap(([kind, ofKind]) =>
    Object.entries(ofKind as object).map(([name, each]) => [
      `schemas/fixtures/${id}/${kind}/${name}.json`,
      each,
    ]),
  );
  const json = Object.fromEntries([[`schemas/${id}.json`, detail], ...kinds]);
  return {
    ...Object.fromEntries(
      Object.entries(json).map(([path, value]) => [path, `${JSON.stringify(value, null, 2)}\n`]),
    ),
    [`.changeset/${id}.md`]: `---\n"@orders/events": minor\n---\n\nA new event: ${detailType}.\n`,
  };
}
