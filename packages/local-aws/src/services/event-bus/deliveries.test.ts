import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../aws-error.ts';
import { createClock, type MovableClock } from '../../clock.ts';
import type { Context } from '../../context.ts';
import { AccessDeniedError } from '../../iam.ts';
import { systemIds } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { DeliveryError } from '../../target.ts';
import { arnOf, countsOf, makeCaller, makeContext, makePlan, stepsOf, until } from '../../testing.ts';
import { Trace } from '../../trace.ts';
import { createEventBuses } from './event-bus.ts';

let clock: MovableClock;
afterEach(() => clock.close());

const hours = 60 * 60 * 1_000;
const ruleArn = arnOf('events', 'rule/Orders/Every');
const mayPass = new DeliveryError('SDK_CLIENT_ERROR', '503', { retry: true });

/** A bus with a rule whose one target answers as a test says; its queue is `queue:letters`. */
function makeBus(target: JsonObject = {}, context = makeTestContext()) {
  const letters: { body: string; attributes: Readonly<Record<string, string>> | undefined; at: number }[] =
    [];
  const attempts: number[] = [];
  let answer: () => void = () => {};
  const plan = makePlan({
    aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
    aws_cloudwatch_event_rule: {
      r: { name: 'Every', event_bus_name: 'Orders', event_pattern: '{"source":["s"]}' },
    },
    aws_cloudwatch_event_target: {
      t: {
        rule: 'Every',
        event_bus_name: 'Orders',
        arn: 'arn:target',
        dead_letter_config: { arn: 'queue:letters' },
        ...target,
      },
    },
  });
  const startedAt = clock.now();
  const buses = createEventBuses(plan, context, {
    targets: [
      (arn) => ({
        description: `target ${arn}`,
        async deliver() {
          attempts.push(clock.now() - startedAt);
          answer();
        },
      }),
    ],
    findQueue: () => ({
      name: 'letters',
      waiting: () => [],
      remove() {},
      send: (body, attributes) => letters.push({ body, attributes, at: clock.now() - startedAt }),
    }),
  });
  const call = makeCaller([buses], context);
  const { trace } = context;
  const publish = async () => {
    const flowId = trace.newFlow();
    const Entries = [{ EventBusName: 'Orders', Source: 's', DetailType: 'T', Detail: '{}' }];
    await call('AWSEvents.PutEvents', { Entries }, { 'x-amzn-trace-id': `Root=${flowId}` });
    await trace.idle();
    return flowId;
  };
  const advance = (ms: number) => clock.advance(ms, () => trace.idle());
  const answerWith = (next: () => void) => {
    answer = next;
  };
  const fail = (error: unknown) =>
    answerWith(() => {
      throw error;
    });
  return { buses, publish, advance, answerWith, fail, attempts, letters, context };
}

function makeTestContext(): Context & { failures: string[] } {
  clock = createClock();
  return makeContext({ clock, trace: new Trace(clock, systemIds) });
}

test('a delivery shows what the target gets in the place of the event, and nothing where it gets the event', async () => {
  const inputs = async (target: JsonObject) => {
    const { publish, context } = makeBus(target);
    const flowId = await publish();
    clock.close();
    return context.trace
      .entriesOf(flowId)
      .flatMap((entry) =>
        entry.type === 'begun' && entry.activity.kind === 'delivery' ? [entry.activity.input] : [],
      );
  };
  expect(await inputs({ input_path: '$.detail-type' })).toEqual(['"T"']);
  expect(await inputs({})).toEqual([undefined]);
});

describe('a delivery that fails and may pass', () => {
  test('is tried again until it succeeds, with growing pauses', async () => {
    const { publish, advance, answerWith, attempts, letters, context } = makeBus();
    answerWith(() => {
      if (attempts.length < 4) throw mayPass;
    });
    const flowId = await publish();
    expect(attempts).toHaveLength(1);
    await advance(24 * hours);
    expect(attempts).toHaveLength(4);
    const pauses = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(1_100 * 2 ** index);
    }
    expect([letters, context.failures]).toEqual([[], []]);
    expect(stepsOf(context.trace, flowId)).toMatchObject([
      { deliveries: [{ status: 'delivered', attempts: 4 }] },
    ]);
    expect(countsOf(context, 'AWS/Events')).toEqual({
      MatchedEvents: 1,
      TriggeredRules: 1,
      InvocationAttempts: 4,
      RetryInvocationAttempts: 3,
      SuccessfulInvocationAttempts: 1,
      Invocations: 1,
      IngestionToInvocationSuccessLatency: expect.closeTo(attempts.at(-1) ?? 0, -2),
    });
  });

  test("isn't settled while a retry is scheduled, and the story says when it comes and why", async () => {
    const { publish, fail, context } = makeBus();
    fail(mayPass);
    const flowId = await publish();
    expect(context.trace.isSettled(flowId)).toBe(false);
    const [step] = stepsOf(context.trace, flowId);
    expect(step).toMatchObject({
      deliveries: [{ status: 'in flight', error: '503', nextAttemptAtMs: expect.any(Number) }],
    });
    expect(clock.scheduled()).toEqual([
      {
        at: expect.any(Number),
        what: expect.stringMatching(/^attempt 2: T .* by the rule Every to target arn:target$/),
      },
    ]);
  });

  test('is a dead letter after 185 retries, or 24 hours', async () => {
    const { publish, advance, fail, attempts, letters, context } = makeBus();
    fail(mayPass);
    const flowId = await publish();
    await advance(25 * hours);
    expect(letters).toHaveLength(1);
    const { attributes, at = 0 } = letters[0] ?? {};
    const byCount = attributes?.EXHAUSTED_RETRY_CONDITION === 'MaximumRetryAttempts';
    expect(attributes).toEqual({
      RULE_ARN: ruleArn,
      TARGET_ARN: 'arn:target',
      ERROR_CODE: 'SDK_CLIENT_ERROR',
      ERROR_MESSAGE: '503',
      EXHAUSTED_RETRY_CONDITION: byCount ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: String(attempts.length - 1),
    });
    expect(attempts.length <= 186 && (attempts.length === 186) === byCount).toBe(true);
    expect(at).toBeLessThanOrEqual(24 * hours);
    expect(at).toBeGreaterThan(18 * hours);
    expect(context.trace.isSettled(flowId)).toBe(true);
    expect(context.failures).toEqual([
      expect.stringMatching(
        /not delivered .* in \d+ attempts: 503\. It is in the dead-letter queue letters$/,
      ),
    ]);
  });

  test.each([
    [{ maximum_retry_attempts: 2, maximum_event_age_in_seconds: 86_400 }, 3, 'MaximumRetryAttempts'],
    [
      { maximum_retry_attempts: 185, maximum_event_age_in_seconds: 60 },
      undefined,
      'MaximumEventAgeInSeconds',
    ],
    [{ maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 }, 1, 'MaximumRetryAttempts'],
  ])("keeps to its target's own limits: %j", async (retry_policy, count, condition) => {
    const { publish, advance, fail, attempts, letters, context } = makeBus({ retry_policy });
    fail(mayPass);
    await publish();
    await advance(24 * hours);
    if (count !== undefined) expect(attempts).toHaveLength(count);
    expect(Math.max(...attempts)).toBeLessThanOrEqual(retry_policy.maximum_event_age_in_seconds * 1_000);
    expect(letters[0]?.attributes?.EXHAUSTED_RETRY_CONDITION).toBe(condition);
    expect(countsOf(context, 'AWS/Events')).toMatchObject({
      InvocationAttempts: attempts.length,
      Invocations: 1,
      FailedInvocations: 1,
      InvocationsSentToDlq: 1,
    });
  });

  test('waits as long as its target asks for', async () => {
    const { publish, advance, fail, attempts } = makeBus();
    fail(new DeliveryError('THROTTLING', '429', { retry: true, notBeforeMs: 2 * hours }));
    await publish();
    await advance(2 * hours - 1_000);
    expect(attempts).toHaveLength(1);
    await advance(2_000);
    expect(attempts).toHaveLength(2);
  });
});

describe('a delivery that can not succeed', () => {
  test.each<[string, Error, string]>([
    [
      'for a role that may not be assumed',
      new AccessDeniedError('no', 'sts:AssumeRole'),
      'FAILED_TO_ASSUME_ROLE',
    ],
    ['for a permission', new AccessDeniedError('no', 'states:StartExecution'), 'NO_PERMISSIONS'],
    [
      'for an answer that is final',
      new DeliveryError('SDK_CLIENT_ERROR', 'no', { retry: false }),
      'SDK_CLIENT_ERROR',
    ],
    [
      'for a message that the queue does not take',
      new AwsError('com.amazonaws.sqs#InvalidMessageContents', 'no'),
      'INVALID_PARAMETER',
    ],
    [
      'for an input that the workflow does not take',
      new AwsError('InvalidExecutionInput', 'no'),
      'INVALID_PARAMETER',
    ],
  ])('%s is a dead letter at once', async (_, error, code) => {
    const { publish, fail, attempts, letters } = makeBus();
    fail(error);
    await publish();
    expect(attempts).toHaveLength(1);
    expect(letters.map(({ attributes }) => attributes)).toEqual([
      {
        RULE_ARN: ruleArn,
        TARGET_ARN: 'arn:target',
        ERROR_CODE: code,
        ERROR_MESSAGE: 'no',
        RETRY_ATTEMPTS: '0',
      },
    ]);
  });

  test.each([
    [new AwsError('com.amazonaws.sqs#OverLimit', 'full'), 'RESOURCE_LIMIT_EXCEEDED'],
    [new RangeError('who knows'), 'ERROR_FROM_TARGET'],
    ['just text', 'ERROR_FROM_TARGET'],
  ])('is not what %s makes of it', async (error, code) => {
    const { publish, advance, fail, attempts, letters } = makeBus({
      retry_policy: { maximum_retry_attempts: 1, maximum_event_age_in_seconds: 60 },
    });
    fail(error);
    await publish();
    await advance(60_000);
    expect(attempts).toHaveLength(2);
    expect(letters[0]?.attributes?.ERROR_CODE).toBe(code);
  });
});

describe('when the stack is wired again', () => {
  test('a delivery goes on at its time, with the attempts that it had', async () => {
    const first = makeBus();
    first.fail(mayPass);
    const flowId = await first.publish();
    await first.buses.close?.();
    const second = makeBus({}, first.context);
    await second.advance(24 * hours);
    expect([first.attempts.length, second.attempts.length]).toEqual([1, 1]);
    expect(first.context.trace.isSettled(flowId)).toBe(true);
    expect(stepsOf(first.context.trace, flowId)).toMatchObject([
      { deliveries: [{ status: 'delivered', attempts: 2 }] },
    ]);
  });

  test('a delivery to a target that is gone is reported', async () => {
    const first = makeBus();
    first.fail(mayPass);
    await first.publish();
    await first.buses.close?.();
    const second = makeBus({ arn: 'arn:another' }, first.context);
    await second.advance(24 * hours);
    await until(() => first.context.failures.length > 0, 'the loss is reported');
    expect(first.context.failures).toEqual([
      expect.stringMatching(/was not delivered .*The rule or its target is gone\. It is lost/),
    ]);
  });
});

test.each<[string, JsonObject]>([
  ['without an age', { maximum_retry_attempts: 3 }],
  ['without a number of attempts', { maximum_event_age_in_seconds: 60 }],
])('a retry policy %s is refused, for the provider would send 0', (_, retry_policy) => {
  expect(() => makeBus({ retry_policy })).toThrow(UnsupportedError);
  expect(() => makeBus({ retry_policy })).toThrow(
    /^aws_cloudwatch_event_target\.t: retry_policy has to have both/,
  );
});
