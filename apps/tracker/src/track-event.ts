import { parse } from '@orders/events';
import { claimedIds, type EventIds, type Log, type LogLine, reasonOf } from '@orders/function';
import { type OrderStep, stepOf } from './order-step.ts';

export interface TrackEvent {
  /** Records the step of an order, unless it is recorded already. Returns whether anything changed. */
  record: (step: OrderStep) => Promise<boolean>;
  log: Pick<Log<LogLine & EventIds>, 'info' | 'error'>;
}

/**
 * Records the step that an event reports of its order.
 *
 * It is safe to repeat, in any order. Each failure is logged with its reason and thrown.
 *
 * @param event the event as EventBridge delivers it
 * @throws {InvalidEventError} if the event breaks the contract
 * @throws {OrderIdError} if it isn't certain which order the event is about
 */
export async function trackEvent(event: unknown, { record, log }: TrackEvent): Promise<void> {
  let ids: EventIds = claimedIds(event);
  try {
    const parsed = parse(event);
    const step = stepOf(parsed);
    if (!step) {
      log.info({ message: `event is no step of an order: ${parsed['detail-type']}`, ...ids });
      return;
    }
    ids = { orderId: step.orderId, eventId: parsed.id };
    const recorded = await record(step);
    log.info({ message: recorded ? 'step recorded' : 'step was recorded before', step: step.step, ...ids });
  } catch (error) {
    log.error({ message: 'step not recorded', ...ids, error: reasonOf(error) });
    throw error;
  }
}
