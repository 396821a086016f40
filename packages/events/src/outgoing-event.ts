import type { Details, DetailType } from './generated/events.ts';

/** An event to publish: its detail-type, and the detail that goes with it. */
export type OutgoingEvent = {
  [T in DetailType]: { detailType: T; detail: Details[T] };
}[DetailType];
