import { formats } from '@orders/schema-compatibility';
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';

const options = { strict: false, formats };
/** Compiles the schema of draft-07 once, which takes longer than to compile an event's. */
const draft07 = new Ajv(options);

/**
 * A validator by plain Ajv, and not by the package's own.
 *
 * @throws an Error for what isn't a schema of draft-07
 */
export function compile(schema: AnySchema): ValidateFunction {
  draft07.validateSchema(schema, true);
  // An instance of its own, because several schemas have the same `$id`.
  return new Ajv({ ...options, validateSchema: false, meta: false }).compile(schema);
}
