/**
 * Why a definition isn't taken. `invalid`: AWS refuses it too. `unknown`: AWS runs it, and it isn't built here.
 */
export interface Problem {
  readonly kind: 'invalid' | 'unknown';
  /** Where, as a JSON pointer: `/States/Charge/Retry/0`. */
  readonly place: string;
  readonly message: string;
}

/** Collects the problems of a definition. */
export class Problems {
  readonly list: Problem[] = [];

  invalid(place: string, message: string): void {
    this.list.push({ kind: 'invalid', place, message });
  }

  unknown(place: string, message: string): void {
    this.list.push({ kind: 'unknown', place, message });
  }

  /** Reads something, and notes what it throws as a problem of this place. */
  attempt<T>(place: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // Syntax that AWS knows and this package doesn't says so itself.
      this.list.push({ kind: message.includes("isn't known here") ? 'unknown' : 'invalid', place, message });
      return undefined;
    }
  }
}

/** Adds a step to a JSON pointer. */
export const inside = (place: string, step: string | number): string =>
  `${place}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
