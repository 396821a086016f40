import type { Alarm, Watched } from './constructs/monitoring.ts';
import type { NodeFunction } from './constructs/node-function.ts';
import type { Rule } from './constructs/rule.ts';

export interface WatchOrdersProps {
  /** What the names of the alarms begin with. */
  name: string;
  producer: NodeFunction;
  persister: NodeFunction;
  tracker: NodeFunction;
  /** The rules that hand an order over, to a partner or to people. No event reports what becomes of it then. */
  handOvers: readonly Rule[];
  /** Those of them that hand over some order every few hours. */
  busy: readonly Rule[];
  /** How long an order may take until it is dispatched or handed over, in minutes. */
  lateAfterMinutes: number;
  /** After how many hours without an order an alarm goes off; undefined for never. */
  idleAfterHours: number | undefined;
}

/** Watches what is promised of every order, whatever the parts say of themselves (docs/decisions/0020-the-promise-is-watched.md). */
export function watchOrders(props: WatchOrdersProps): Watched {
  const { name, producer, persister, tracker, handOvers, busy, lateAfterMinutes, idleAfterHours } = props;
  const late = tracker.counted('OrdersLate');
  const handedOver = (rule: Rule) => rule.metric('SuccessfulInvocationAttempts');

  const alarms: Alarm[] = [
    {
      name: `${name}-late`,
      metric: late,
      // A day is the most that CloudWatch looks at in periods of less than an hour.
      periodMinutes: 5,
      anyOfPeriods: (24 * 60) / 5,
      meaning: `Orders that the workflow takes were not dispatched within ${lateAfterMinutes} minutes.`,
      runbook: 'late-orders',
    },
    ...handOvers.map(
      (rule): Alarm => ({
        name: `${rule.uniqueName}-late`,
        metric: rule.slowestDelivery,
        above: lateAfterMinutes * 60_000,
        meaning: `The rule ${rule.name} took more than ${lateAfterMinutes} minutes to hand an order over.`,
        runbook: 'late-orders',
      }),
    ),
  ];
  if (idleAfterHours !== undefined) {
    const idle = { below: 1, periodMinutes: 60, periods: idleAfterHours, runbook: 'no-orders' };
    alarms.push(
      {
        ...idle,
        name: `${name}-idle`,
        metric: tracker.invocations,
        meaning: `For ${idleAfterHours} hours, no event of any order came.`,
      },
      ...busy.map((rule) => ({
        ...idle,
        name: `${rule.uniqueName}-idle`,
        metric: handedOver(rule),
        meaning: `For ${idleAfterHours} hours, the rule ${rule.name} handed no order over.`,
      })),
    );
  }
  return {
    watch: {
      title: 'Orders',
      graphs: [
        {
          // An order that is sent again, or an event that is delivered again, counts again.
          title: 'Orders, repeats included',
          metrics: [
            producer.counted('OrdersPlaced'),
            persister.counted('OrdersDispatched'),
            ...busy.map((rule) => ({ ...handedOver(rule), label: rule.name })),
            producer.counted('OrdersRefused'),
          ],
        },
        { title: 'Not dispatched when they were due', metrics: [late] },
        {
          title: 'The slowest hand-over (ms)',
          metrics: handOvers.map((rule) => ({ ...rule.slowestDelivery, label: rule.name })),
        },
        { title: 'Events of orders', metrics: [{ ...tracker.invocations, label: 'Events' }] },
      ],
      alarms,
    },
  };
}
