import type { JsonSchema } from '@orders/contract';
import type { Problem } from '@orders/function';
import { type Ordered, steps, type TrackedOrder } from '@orders/functions/tracker/operations';

/** What bodies have, by the name of the schema. The types make the build fail when a function answers another field. */
export function schemasOf({ properties = {}, required = [], examples = [] }: JsonSchema) {
  const { orderId, ...ordered } = properties;
  const carriedOn = Object.fromEntries(
    Object.entries(ordered).filter(([, schema]) => schema['x-not-carried'] === undefined),
  );
  if (!orderId) throw new Error('schemas/order-placed.json: has no orderId');
  const [{ orderId: idExample, ...example } = {}] = examples as Record<string, unknown>[];
  const time = (step: string) => ({
    description: `When the order was ${step}. It is missing as long as no event has reported it.`,
    type: 'string',
    format: 'date-time',
  });

  const tracked: Record<keyof TrackedOrder, JsonSchema> = {
    orderId,
    status: { description: 'The last step that the order has taken.', type: 'string', enum: steps },
    placedAt: time('placed'),
    processedAt: time('processed'),
    dispatchedAt: time('dispatched'),
    ...(forClients(carriedOn) as Record<keyof Ordered, JsonSchema>),
  };
  const problem: Record<keyof ReturnType<Problem['toJSON']>, JsonSchema> = {
    type: { const: 'about:blank' },
    title: { description: 'The name of the status.', type: 'string' },
    status: { description: 'The status, again.', type: 'integer' },
    detail: { description: 'What is wrong, and what to do, for people.', type: 'string' },
    errors: {
      description: 'The fields that are wrong.',
      type: 'array',
      items: object({ field: text, received: text, allowed: text }),
    },
  };
  return {
    Order: {
      description: 'What is ordered. Other fields are allowed, and ignored.',
      type: 'object',
      required: required.filter((name) => name !== 'orderId'),
      properties: forClients(ordered),
      examples: [example],
    },
    PlacedOrder: object({ orderId }),
    TrackedOrder: {
      ...object(tracked, ['orderId', 'status', ...required.filter((name) => name in carriedOn)]),
      allOf: steps.map((step) => ({
        if: { properties: { status: { const: step } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { required: [`${step}At`] },
      })),
      examples: [
        {
          orderId: idExample,
          status: 'placed',
          placedAt: '2026-01-31T12:00:00.000Z',
          ...only(carriedOn, example),
        },
      ],
    },
    Problem: {
      description: 'What is wrong, as RFC 9457 problem details.',
      ...object(problem, ['type', 'title', 'status', 'detail']),
    },
    Message: {
      description: 'What API Gateway answers by itself.',
      ...object({ message: text }),
    },
  };
}

/** The fields without what their schemas say to the system alone. */
const forClients = (fields: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, { 'x-not-carried': _, ...schema }]) => [name, schema]),
  );

const only = (fields: object, example: object) =>
  Object.fromEntries(Object.entries(example).filter(([name]) => name in fields));

const text: JsonSchema = { type: 'string' };

/** A schema of an object that has these fields. It may get more of them: a client ignores what it doesn't know. */
const object = (properties: Record<string, JsonSchema>, required = Object.keys(properties)) => ({
  type: 'object',
  required,
  properties,
});
