import { InvalidEventError, type Issue, inWords } from './invalid-event-error.ts';
import { namesIn } from './json-pointer.ts';
import type { StandardIssue, StandardResult, StandardSchemaV1 } from './standard-schema.ts';

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

/** The event that a value is, or why it isn't one. */
type Outcome<Event> = Event | InvalidEventError;

export function createParser<Event>(outcomeOf: (value: unknown) => Outcome<Event>): Parser<Event> {
  const parse = (value: unknown): Event => {
    const outcome = outcomeOf(value);
    if (outcome instanceof InvalidEventError) throw outcome;
    return outcome;
  };
  const validate = (value: unknown): StandardResult<Event> => {
    const outcome = outcomeOf(value);
    return outcome instanceof InvalidEventError
      ? { issues: outcome.issues.map(toStandardIssue) }
      : { value: outcome };
  };
  return Object.assign(parse, { '~standard': { version: 1, vendor: '@orders/events', validate } as const });
}

const toStandardIssue = (issue: Issue): StandardIssue => ({
  message: inWords(issue),
  path: namesIn(issue.path),
});

export const createSafeParser =
  <Event>(outcomeOf: (value: unknown) => Outcome<Event>) =>
  (value: unknown): ParseResult<Event> => {
    const outcome = outcomeOf(value);
    return outcome instanceof InvalidEventError
      ? { success: false, error: outcome }
      : { success: true, data: outcome };
  };
