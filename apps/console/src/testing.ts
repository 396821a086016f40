import type { Activity, StreamedEntry } from '@orders/local-aws';
import { Model } from './model.ts';
import type { Span } from './span.ts';

/** An event of an order. */
export const makeEvent = (detailType: string, orderId: string) => ({
  version: '0',
  id: `e-${detailType}`,
  'detail-type': detailType,
  source: 'shop',
  account: '000000000000',
  time: '2026-11-22T12:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: { orderId, location: 'eu-west' },
});

/** A span that has succeeded. */
export const span = (activity: Span['activity'], more: Partial<Span> = {}): Span => ({
  id: 1,
  flowId: 'f',
  parentId: undefined,
  activity,
  begunAt: 0,
  endedAt: 1,
  until: undefined,
  error: undefined,
  outcome: {},
  status: 'succeeded',
  ...more,
});

/** Writes a trace as the local run does. */
export function makeTrace() {
  const model = new Model();
  let sequence = 0;
  let at = 1_000;
  const entry = (more: object): StreamedEntry => ({ sequence, at, ...more }) as StreamedEntry;
  return {
    model,
    begin(
      flowId: string,
      activity: Activity,
      { parentId, subject }: { parentId?: number; subject?: string } = {},
    ) {
      sequence += 1;
      at += 10;
      model.apply([
        entry({ type: 'begun', flowId, spanId: sequence, activity, parentId, ...(subject && { subject }) }),
      ]);
      return sequence;
    },
    end(spanId: number, outcome = {}) {
      sequence += 1;
      at += 5;
      model.apply([entry({ type: 'ended', flowId: 'f', spanId, outcome })]);
    },
    fail(spanId: number, error: string, outcome = {}) {
      sequence += 1;
      model.apply([entry({ type: 'failed', flowId: 'f', spanId, error, outcome })]);
    },
    wait(spanId: number, until: number) {
      sequence += 1;
      model.apply([entry({ type: 'waiting', flowId: 'f', spanId, until })]);
    },
  };
}
