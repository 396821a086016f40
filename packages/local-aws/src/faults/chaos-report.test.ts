import { expect, test } from '@jest/globals';
import { FakeClock, systemIds, Trace } from '../testing.ts';
import { chaosRoutes, createChaosReport } from './chaos-report.ts';

function makeReport() {
  const trace = new Trace(new FakeClock(), systemIds);
  const chaos = { seed: 7, probabilities: { throttle: 0.1 } };
  return { trace, chaos, report: createChaosReport(chaos, trace) };
}
const throttle = { kind: 'fault', fault: 'throttle', place: 'a place' } as const;
const request = { kind: 'request', method: 'GET', path: '/' } as const;
const delivery = { kind: 'delivery', rule: 'R', target: 'T' } as const;

/** Everything that can go wrong in a flow. */
function goWrong(trace: Trace, flowId: string) {
  const parent = trace.begin(flowId, delivery);
  for (const number of [1, 2, 3]) trace.begin(flowId, { kind: 'attempt', number }, parent).fail('no');
  parent.fail('given up', { queue: 'letters' });
  trace.begin(flowId, request).end({ status: 503 });
  trace.begin(flowId, request).end({ status: 404 });
  trace.begin(flowId, request).fail('the answer was lost', { status: 202 });
  trace.begin(flowId, { kind: 'execution', stateMachine: 'W' }).fail('no');
  trace.begin(flowId, { kind: 'execution', stateMachine: 'W' }).end();
}

test('a report counts the faults, and what went wrong in their flows', () => {
  const { trace, chaos, report } = makeReport();
  const flowId = trace.newFlow();
  trace.record(flowId, throttle);
  trace.record(flowId, throttle);
  goWrong(trace, flowId);
  expect(report()).toEqual({
    ...chaos,
    injected: {
      duplicate: 0,
      reorder: 0,
      'drop-response': 0,
      'function-crash': 0,
      throttle: 2,
      'partner-down': 0,
    },
    flows: 1,
    retries: 2,
    failedRequests: 2,
    failedExecutions: 1,
    deadLetters: { letters: 1 },
  });
});

test('what went wrong in a flow without a fault is not counted', () => {
  const { trace, report } = makeReport();
  goWrong(trace, trace.newFlow());
  expect(report()).toMatchObject({
    flows: 0,
    retries: 0,
    failedRequests: 0,
    failedExecutions: 0,
    deadLetters: {},
  });
});

test('without a chaos, the route says how to get one', async () => {
  const route = chaosRoutes(undefined)['GET /_local/chaos'];
  expect(await route?.({} as never)).toEqual({
    status: 404,
    body: { message: expect.stringMatching(/a start with --chaos.* \/_local\/faults/) },
  });
});
