import { createAjv } from '@orders/schema-compatibility';
import type { EventSchema } from './schemas.ts';

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const another = '00000000-0000-8000-8000-000000000000';

/** The UUIDs of an example that may be any other: a test's event gets ids of its own in their place. */
export function idsInExample({ detail }: EventSchema, example: unknown): string[] {
  const text = JSON.stringify(example);
  const isValid = createAjv({ strict: false, validateSchema: false }).compile({ ...detail, $id: 'example' });
  return [...new Set(text.match(uuid) ?? [])].filter((id) =>
    isValid(JSON.parse(text.replaceAll(id, another))),
  );
}
