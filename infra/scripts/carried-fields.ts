import type { JsonSchema } from '@orders/contract';
import type { CatalogueEvent } from './catalogue.ts';
import { CatalogueError } from './catalogue-error.ts';
import { type Field, fieldsOf } from './describe.ts';

/** Whether who publishes an event is one that a rule gives another event. */
export const isCause = (cause: CatalogueEvent, event: CatalogueEvent): boolean =>
  cause !== event && cause.rules.some(({ target }) => target.id === event.publisher.id);

/** The fields of a schema that have a value of their own, and no fields inside. */
export const valuesOf = (schema: JsonSchema): Field[] =>
  fieldsOf(schema).filter(({ schema: { properties } }) => !properties);

/** Finds a field of any depth by the last part of its path: `orderId` is `OrderId`, and `category` is `OrderDetails.category`. */
export const findField = (schema: JsonSchema, name: string): Field | undefined =>
  valuesOf(schema).find(({ path }) => nameOf(path).toLowerCase() === name.toLowerCase());

export const nameOf = (path: string): string => path.split('.').at(-1) ?? '';

/** Why a field isn't carried on to later events, from its `x-not-carried`; undefined if it is. */
export const whyNotCarried = ({ schema }: Field): string | undefined => {
  const why = schema['x-not-carried'];
  return typeof why === 'string' && why !== '' ? why : undefined;
};

/**
 * Checks that no field is lost on the way: whoever gets an event and publishes another hands on each of its fields, or the
 * field says in its schema why not.
 *
 * @throws {CatalogueError} with a sentence for each lost field: the schema that lacks it, and who drops it
 */
export function checkCarried(events: readonly CatalogueEvent[]): void {
  const lost = events.flatMap((event) =>
    events
      .filter((candidate) => isCause(candidate, event))
      .flatMap((cause) =>
        valuesOf(cause.detail)
          .filter((field) => whyNotCarried(field) === undefined)
          .filter(({ path }) => !findField(event.detail, nameOf(path)))
          .map(({ path }) => sentenceOf(event, cause, nameOf(path))),
      ),
  );
  if (lost.length > 0) throw new CatalogueError(lost.join('\n'));
}

const sentenceOf = ({ id, publisher }: CatalogueEvent, cause: CatalogueEvent, field: string) =>
  `schemas/${id}.json has no field ${field}: the ${publisher.kind} ${publisher.id} gets it in ${cause.detailType}, and ` +
  `drops it. Add it there and to the ${publisher.kind}, or say in schemas/${cause.id}.json why it isn't carried on: ` +
  '"x-not-carried": "<the reason>"';
