import type { Details, DetailType } from './generated/events.ts';

/** An event to publish: its detail-type and its detail. */
export type OutgoingEvent = {
  [T in DetailType]: { detailType: T; detail: Details[T] };
}[DetailType];
