import type { JsonValue } from '../json.ts';
import { errorNames } from '../states-error.ts';
import { Failure } from './failure.ts';

/** The largest input or output of a state, task or execution, in bytes of JSON. */
export const maxDataBytes = 262_144;

/** @throws {Failure} `States.DataLimitExceeded` for a value that is too large */
export function checkSize(value: JsonValue, name: string): void {
  if (Buffer.byteLength(JSON.stringify(value)) <= maxDataBytes) return;
  throw new Failure(
    errorNames.dataLimitExceeded,
    `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
