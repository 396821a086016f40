import { type InvalidEventError, type Issue, inWords } from './invalid-event-error.ts';
import { namesIn } from './json-pointer.ts';
import type { StandardIssue, StandardSchemaV1 } from './standard-schema.ts';

/**
 * Parses an unknown value as an event. It is a Standard Schema as well, so that libraries such as Powertools, tRPC and
 * middy take it where they take a schema of zod.
 *
 * @throws {InvalidEventError} with an issue for each field that breaks the contract.
 */
export interface Parser<Event> extends StandardSchemaV1<unknown, Event> {
  (event: unknown): Event;
}

/** The outcome of a parse that doesn't throw: the typed event, or the error with every issue. */
export type ParseResult<Event> =
  | { readonly success: true; readonly data: Event }
  | { readonly success: false; readonly error: InvalidEventError };

/** Says why a value isn't the event; undefined if it is. */
type Check = (value: unknown) => InvalidEventError | undefined;

export function createParser<Event>(check: Check): Parser<Event> {
  const parse = (value: unknown): Event => {
    const error = check(value);
    if (error) throw error;
    return value as Event;
  };
  const validate = (value: unknown) => {
    const error = check(value);
    return error ? { issues: error.issues.map(toStandardIssue) } : { value: value as Event };
  };
  return Object.assign(parse, { '~standard': { version: 1, vendor: '@orders/events', validate } as const });
}

const toStandardIssue = (issue: Issue): StandardIssue => ({
  message: inWords(issue),
  path: namesIn(issue.path),
});

export function createSafeParser<Event>(check: Check): (event: unknown) => ParseResult<Event> {
  return (value) => {
    const error = check(value);
    return error ? { success: false, error } : { success: true, data: value as Event };
  };
}
