import { parse } from '@orders/events';
import { type Count, claimedIds, type EventIds, type Log, type LogLine, reasonOf } from '@orders/function';
import { countLate, type Promised } from './late-orders.ts';
import { type OrderStep, stepOf } from './order-step.ts';
import type { KnownOrder } from './status-table.ts';

export interface TrackEvent {
  /** Records the step of an order, unless it is recorded already. Returns what was known before, if anything changed. */
  record: (step: OrderStep) => Promise<KnownOrder | undefined>;
  promised: Promised;
  count: Count<'OrdersLate', EventIds>;
  log: Pick<Log<LogLine & EventIds>, 'info' | 'error'>;
}

/**
 * Records the step that an event reports of its order, and counts the order while it is to be dispatched.
 *
 * It is safe to repeat, in any order. Each failure is logged with its reason and thrown.
 *
 * @param event the event as EventBridge delivers it
 * @throws {InvalidEventError} if the event breaks the contract
 * @throws {OrderIdError} if it isn't certain which order the event is about
 */
export async function trackEvent(
  event: unknown,
  { record, promised, count, log }: TrackEvent,
): Promise<void> {
  let ids: EventIds = claimedIds(event);
  try {
    const parsed = parse(event);
    const step = stepOf(parsed);
    if (!step) {
      log.info({ message: `event is no step of an order: ${parsed['detail-type']}`, ...ids });
      return;
    }
    ids = { orderId: step.orderId, eventId: parsed.id };
    const before = await record(step);
    log.info({ message: before ? 'step recorded' : 'step was recorded before', step: step.step, ...ids });
    if (!before) return;
    for (const { value, due } of countLate(step, before, promised)) {
      count('OrdersLate', ids, { value, at: due });
    }
  } catch (error) {
    log.error({ message: 'step not recorded', ...ids, error: reasonOf(error) });
    throw error;
  }
}
