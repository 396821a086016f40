/** What AWS calls a problem. What isn't known here has no name there. */
export type ProblemCode =
  | 'SCHEMA_VALIDATION_FAILED'
  | 'INVALID_JSON_DESCRIPTION'
  | 'MISSING_TRANSITION_TARGET'
  | 'DUPLICATE_STATE_NAME'
  | 'NOT_KNOWN_HERE';

/**
 * Why a definition isn't taken. `invalid`: AWS refuses it too. `unknown`: AWS runs it, and it isn't built here.
 */
export interface Problem {
  readonly kind: 'invalid' | 'unknown';
  readonly code: ProblemCode;
  /** Where, as a JSON pointer: `/States/Charge/Retry/0`. */
  readonly place: string;
  readonly message: string;
}

/** Collects the problems of a definition. */
export class Problems {
  readonly list: Problem[] = [];

  invalid(place: string, message: string, code: ProblemCode = 'SCHEMA_VALIDATION_FAILED'): void {
    this.list.push({ kind: 'invalid', code, place, message });
  }

  unknown(place: string, message: string): void {
    this.list.push({ kind: 'unknown', code: 'NOT_KNOWN_HERE', place, message });
  }

  /** Reads something, and notes what it throws as a problem of this place. */
  attempt<T>(place: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // Syntax that AWS knows and this package doesn't says so itself.
      if (message.includes("isn't known here")) this.unknown(place, message);
      else this.invalid(place, message);
      return undefined;
    }
  }
}

/** Adds a step to a JSON pointer. */
export const inside = (place: string, step: string | number): string =>
  `${place}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** A problem in the form of AWS's message: `SCHEMA_VALIDATION_FAILED: … at /States/Charge`. */
export const describeProblem = ({ code, message, place }: Problem): string =>
  `${code}: ${message} at ${place}`;
