import { type Place, pathOf } from './place.ts';

/** The error for an event pattern that EventBridge refuses. */
export class InvalidEventPatternError extends Error {
  override readonly name = 'InvalidEventPatternError';
  /** Where the pattern is wrong. */
  readonly place: Place;
  /** What the pattern has at this place, in words. */
  readonly received: string;
  /** What EventBridge takes at this place, in words. */
  readonly allowed: string;

  constructor(place: Place, received: string, allowed: string, cause?: unknown) {
    const path = pathOf(place).replace(/^(?=[^[])/, '.');
    super(`Invalid event pattern at $${path}: received ${received}; allowed: ${allowed}.`, { cause });
    this.place = place;
    this.received = received;
    this.allowed = allowed;
  }
}

/** Throws an {@link InvalidEventPatternError}. */
export function refuse(place: Place, received: string, allowed: string, cause?: unknown): never {
  throw new InvalidEventPatternError(place, received, allowed, cause);
}
