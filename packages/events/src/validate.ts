import { InvalidEventError, type Issue } from './invalid-event-error.ts';

/** A validator as Ajv generates it: a predicate that leaves what it found in `errors`. */
export interface Validator {
  (data: unknown, place?: { instancePath: string }): boolean;
  errors?: readonly { instancePath: string; params: { missingProperty?: string } }[] | null;
}

/** What is generated for each event. */
export interface Contract<DetailType extends string = string> {
  detailType: DetailType;
  isEvent: Validator;
  /** By JSON Pointer into the event: what is allowed there, in words. */
  allowed: Readonly<Record<string, string>>;
}

/** Where every value stands: at the root. Said once, as a validator would make this object anew for each value. */
const atRoot = { instancePath: '' };

/** @throws {InvalidEventError} when the value isn't the whole event that the contract describes. */
export function parseWith<Event>(contract: Contract, value: unknown): Event {
  if (contract.isEvent(value, atRoot)) return value as Event;
  throw refusal(contract, contract.isEvent, value, '');
}

/** @throws {InvalidEventError} when the value isn't a detail that the contract describes. */
export function parseDetailWith<Detail>(contract: Contract, isDetail: Validator, value: unknown): Detail {
  if (isDetail(value, atRoot)) return value as Detail;
  throw refusal(contract, isDetail, value, '/detail');
}

/** What a validator has just found in a value that stands at `root` of the event. */
function refusal(
  contract: Contract,
  { errors }: Validator,
  value: unknown,
  root: '' | '/detail',
): InvalidEventError {
  // Several keywords may fail for one field (its type and its pattern, say); the reader needs it once.
  const issues = new Map<string, Issue>();
  for (const { instancePath, params } of errors ?? []) {
    const inside = params.missingProperty === undefined ? '' : `/${escapePointer(params.missingProperty)}`;
    const path = instancePath + inside;
    issues.set(path, {
      path,
      received: describe(valueAt(value, path)),
      allowed: contract.allowed[root + path.replace(/\/\d+$/, '')] ?? 'what the schema says',
    });
  }
  return new InvalidEventError(contract.detailType, [...issues.values()]);
}

const escapePointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

const longestQuote = 60;

/** What was received, short enough for a log line whatever its size or depth. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    return value.length <= longestQuote
      ? JSON.stringify(value)
      : `${JSON.stringify(value.slice(0, longestQuote))}… (${value.length} characters)`;
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
