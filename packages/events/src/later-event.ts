import type { EventBridgeEvent } from './event.ts';

/** The detail-type of an event that this release doesn't know. A type only: at run time, it is any other text. */
declare enum LaterDetailType {
  unknown = 'unknown',
}

/**
 * An event that a later release adds: of the same source, with a valid envelope, and with a detail-type that this release
 * doesn't know. The `default` branch of a switch gets it, so that a consumer survives the event.
 */
export type LaterEvent = EventBridgeEvent<LaterDetailType, unknown>;
