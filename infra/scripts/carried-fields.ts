import type { JsonSchema } from '@orders/contract';
import type { CatalogueEvent } from './catalogue.ts';
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
 * @throws an Error that names the field, the schema that lacks it, and who drops it
 */
export function checkCarried(events: readonly CatalogueEvent[]): void {
  for (const event of events) {
    for (const cause of events.filter((candidate) => isCause(candidate, event))) {
      for (const field of valuesOf(cause.detail)) {
        if (whyNotCarried(field) !== undefined || findField(event.detail, nameOf(field.path))) continue;
        const { kind, id } = event.publisher;
        throw new Error(
          `schemas/${event.id}.json has no field ${nameOf(field.path)}: the ${kind} ${id} gets it in ${cause.detailType}, and ` +
            `drops it. Add it there and to the ${kind}, or say in schemas/${cause.id}.json why it isn't carried on: ` +
            '"x-not-carried": "<the reason>"',
        );
      }
    }
  }
}
