import type { JsonObject, JsonValue } from '../json.ts';

/**
 * An event of `GetExecutionHistory`: `id`, `previousEventId`, `type`, and the details of its type under AWS's name
 * (`stateEnteredEventDetails`, `taskScheduledEventDetails`, …).
 */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds since 1970. On the wire, AWS has seconds. */
  readonly timestamp: number;
  readonly type: string;
  readonly [details: `${string}EventDetails`]: JsonObject;
}

/** How many events the history of an execution may have. */
export const maxEvents = 25_000;

const notTruncated = { truncated: false };

/** The details `input` or `output`, which are texts in JSON. */
export const inputDetails = (input: JsonValue) => ({
  input: JSON.stringify(input),
  inputDetails: notTruncated,
});
export const outputDetails = (output: JsonValue) => ({
  output: JSON.stringify(output),
  outputDetails: notTruncated,
});

/** The details `assignedVariables`: each variable is a text in JSON. */
export const variableDetails = (variables: JsonObject | undefined): JsonObject =>
  variables === undefined || Object.keys(variables).length === 0
    ? {}
    : {
        assignedVariables: Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)]),
        ),
        assignedVariablesDetails: notTruncated,
      };

/** The details `error` and `cause`. What there is none of is left out. */
export const errorDetails = (error: string | undefined, cause: string | undefined): JsonObject => ({
  ...(error !== undefined && { error }),
  ...(cause !== undefined && { cause }),
});
