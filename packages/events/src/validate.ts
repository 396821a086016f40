import { envelope } from './generated/contracts.ts';
import { InvalidEventError, type Issue } from './invalid-event-error.ts';
import { toPointerPart, valueAt } from './json-pointer.ts';
import type { Contract, Validator } from './validator.ts';

// Constants, because a validator without this argument would make an object for each value.
const atRoot = { instancePath: '' };
const inDetail = { instancePath: '/detail' };

/** Whether a value is the whole event that the contract describes. */
export function isEvent(contract: Contract, value: unknown): boolean {
  if (!envelope.isValid(value, atRoot)) return false;
  const event = value as { 'detail-type': string; detail: unknown };
  return event['detail-type'] === contract.detailType && contract.isDetail(event.detail, inDetail);
}

/** The whole event that the contract describes, or why the value isn't one. */
export function parseEvent<Event>(contract: Contract, value: unknown): Event | InvalidEventError {
  if (isEvent(contract, value)) return value as Event;
  return (
    wrapped(contract.detailType, value) ??
    new InvalidEventError(contract.detailType, issuesOfEvent(contract, value))
  );
}

/** Whether a value is an event of the source whose detail-type may be any. */
export const isOfSource = (value: unknown): boolean =>
  envelope.isValid(value, atRoot) && isObject((value as { detail: unknown }).detail);

/** Fields of what services wrap events in. One list, because the table of the wrappers would be in every function. */
const wrapping =
  'Records records Messages messageId MessageId Sns TopicArn kinesis sequenceNumber recordId requestPayload'.split(
    ' ',
  );

/** Says which function takes the events out of a value, if a service has wrapped them; undefined if none has. */
export function wrapped(detailType: string, value: unknown): InvalidEventError | undefined {
  if (!isObject(value)) return undefined;
  // With a bus as its destination, Lambda sends its record as an event.
  const wrapper = 'detail-type' in value ? value.source === 'lambda' && value.detail : value;
  const field = isObject(wrapper) ? wrapping.find((name) => name in wrapper) : undefined;
  if (field === undefined) return undefined;
  const allowed =
    'an event; unwrap and onBatch of @orders/events/envelopes take events out of what wraps them';
  return new InvalidEventError(detailType, [{ path: '', received: `an object with ${field}`, allowed }]);
}

/** Says why a value isn't a detail that the contract describes; undefined if it is. */
export const checkDetail = (contract: Contract, value: unknown): InvalidEventError | undefined =>
  contract.isDetail(value, atRoot)
    ? undefined
    : new InvalidEventError(contract.detailType, issuesOf(contract.isDetail, value, '', contract.allowed));

function issuesOfEvent(contract: Contract, value: unknown): Issue[] {
  const issues = envelope.isValid(value, atRoot)
    ? []
    : issuesOf(envelope.isValid, value, '', envelope.allowed);
  if (!isObject(value)) return issues;
  const detailType = 'detail-type' in value ? value['detail-type'] : undefined;
  if (detailType !== contract.detailType) {
    issues.push({
      path: '/detail-type',
      received: describe(detailType),
      allowed: JSON.stringify(contract.detailType),
    });
  }
  if (!contract.isDetail(value.detail, inDetail)) {
    issues.push(...issuesOf(contract.isDetail, value, '/detail', contract.allowed));
  }
  // The envelope reports a missing detail-type or detail as well.
  return [...new Map(issues.map((issue) => [issue.path, issue])).values()];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An issue for each field that a validator has just refused.
 *
 * @param whole the value that the paths start from
 * @param root the path of the value that the validator got, which the keys of `allowed` start from
 */
function issuesOf(
  { errors }: Validator,
  whole: unknown,
  root: string,
  allowed: Readonly<Record<string, string>>,
): Issue[] {
  // Several keywords may fail for one field, such as its type and its pattern. Report the field once.
  const issues = new Map<string, Issue>();
  for (const { instancePath, params } of errors ?? []) {
    const { additionalProperty } = params;
    const field = params.missingProperty ?? params.tag ?? additionalProperty;
    const path = field === undefined ? instancePath : `${instancePath}/${toPointerPart(field)}`;
    issues.set(path, {
      path,
      received: describe(valueAt(whole, path)),
      allowed:
        additionalProperty === undefined
          ? wordsAt(allowed, path.slice(root.length), valueAt(whole, root))
          : 'no field of this name',
    });
  }
  return [...issues.values()];
}

/**
 * The words for a place. Where only a place around it has some, such as a union, they say so. In a union with a tag, they
 * are those of the variant that the value's tag names, and name it.
 */
function wordsAt(allowed: Readonly<Record<string, string>>, pointer: string, value: unknown): string {
  let [at, read, where] = ['', '', ''];
  const enterVariant = () => {
    const tag = allowed[`${at}~tag`];
    const named = tag && JSON.stringify(valueAt(value, `${read}/${tag}`));
    if (`${at}~${named}` in allowed) [at, where] = [`${at}~${named}`, `, where ${tag} is ${named}`];
  };
  for (const part of pointer.split('/').slice(1)) {
    enterVariant();
    const next = [`${at}/${part}`, `${at}/*`].find((place) => place in allowed);
    if (next === undefined) return `what fits ${read || 'the whole'}: ${allowed[at] ?? 'its schema'}${where}`;
    at = next;
    read += `/${part}`;
  }
  enterVariant();
  return (allowed[at] ?? 'what the schema says') + where;
}

const longestQuote = 60;

/** The received value in words, short enough for a log line whatever its size or depth. */
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
