import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { onBatch, unwrap } from '../src/envelopes.ts';
import {
  InvalidEventError,
  type OrderPlacedEvent,
  parse,
  parseOrderDispatched,
  parseOrderPlaced,
} from '../src/index.ts';
import { makeOrderDispatched, makeOrderPlaced } from '../src/testing.ts';

/** The shapes are those of the examples in AWS's developer guides. */
const json = JSON.stringify;
const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : json(value)).toString('base64');

let ids = 0;
const sqs = (body: unknown, more: object = {}) => ({
  messageId: `message-${++ids}`,
  receiptHandle: 'AQEB',
  body: typeof body === 'string' ? body : json(body),
  attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1545082649183' },
  messageAttributes: {},
  md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:orders',
  awsRegion: 'eu-west-1',
  ...more,
});
const fifo = (body: unknown, group: string) =>
  sqs(body, {
    attributes: { MessageGroupId: group, SequenceNumber: '18849496460467696128' },
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:orders.fifo',
  });
const notification = (event: unknown) => ({
  Type: 'Notification',
  MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
  TopicArn: 'arn:aws:sns:eu-west-1:123456789012:orders',
  Message: json(event),
  Timestamp: '2026-01-31T12:00:00.000Z',
  SignatureVersion: '1',
});
const sns = (event: unknown) => ({
  EventSource: 'aws:sns',
  EventVersion: '1.0',
  EventSubscriptionArn: 'arn:aws:sns:eu-west-1:123456789012:orders:21be56ed',
  Sns: notification(event),
});
const kinesis = (event: unknown) => ({
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey: '1',
    sequenceNumber: `4959033827149025660855969253836157109592157598913658${++ids}`,
    data: base64(event),
    approximateArrivalTimestamp: 1545084650.987,
  },
  eventSource: 'aws:kinesis',
  eventVersion: '1.0',
  eventID: 'shardId-000000000006:49590338271490256608559692538361571095921575989136588898',
});
const firehose = (...events: unknown[]) => ({
  invocationId: 'invocation-1',
  deliveryStreamArn: 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/orders',
  region: 'eu-west-1',
  records: events.map((event, index) => ({
    recordId: `record-${index}`,
    approximateArrivalTimestamp: 1545084650987,
    data: base64(event),
  })),
});
const failureRecord = (requestPayload: unknown) => ({
  version: '1.0',
  timestamp: '2026-01-31T12:00:00.000Z',
  requestContext: {
    requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:persister:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorMessage: 'RequestId: e4b46cbf Process exited' },
});
const records = (...all: unknown[]) => ({ Records: all });
const deadLetter = (event: unknown) =>
  sqs(event, {
    messageAttributes: {
      RULE_ARN: { stringValue: 'arn:aws:events:eu-west-1:123456789012:rule/Orders/r', dataType: 'String' },
      TARGET_ARN: { stringValue: 'arn:aws:lambda:eu-west-1:123456789012:function:f', dataType: 'String' },
      ERROR_CODE: { stringValue: 'NO_PERMISSIONS', dataType: 'String' },
    },
  });

const placed = makeOrderPlaced({ detail: { category: 'toys' } });
const dispatched = makeOrderDispatched();

const wrappings: [name: string, received: unknown, path: string][] = [
  ['a batch from SQS', records(sqs(placed)), '/Records/0/body'],
  ['a message of a dead-letter queue of a rule', records(deadLetter(placed)), '/Records/0/body'],
  ['a message of SQS by itself', sqs(placed), '/body'],
  [
    'what the SDK received from SQS',
    { Messages: [{ MessageId: '1', Body: json(placed) }] },
    '/Messages/0/Body',
  ],
  ['a message that the SDK received', { MessageId: '1', Body: json(placed) }, '/Body'],
  ['a record of SNS', records(sns(placed)), '/Records/0/Sns/Message'],
  ['a record of SNS by itself', sns(placed), '/Sns/Message'],
  ['SNS in SQS', records(sqs(notification(placed))), '/Records/0/body/Message'],
  ['a batch from Kinesis', records(kinesis(placed)), '/Records/0/kinesis/data'],
  ['a record of Kinesis from a pipe', { sequenceNumber: '1', data: base64(placed) }, '/data'],
  ['a batch of Firehose', firehose(placed), '/records/0/data'],
  ['the record of a failed invocation', failureRecord(placed), '/requestPayload'],
  [
    'the record of a failed invocation as an event of Lambda',
    {
      ...placed,
      source: 'lambda',
      'detail-type': 'Lambda Function Invocation Result - Failure',
      detail: failureRecord(placed),
    },
    '/detail/requestPayload',
  ],
  [
    'the record of a failed invocation by SNS, in SQS',
    records(sqs(failureRecord(records(sns(placed))))),
    '/Records/0/body/requestPayload/Records/0/Sns/Message',
  ],
];

describe('unwrap', () => {
  test.each(wrappings)('takes the event out of %s', (_, received) => {
    expect(unwrap(received, parse)).toEqual([placed]);
    const [event] = unwrap(received, parseOrderPlaced);
    const value: number | undefined = event?.detail.value;
    expect(value).toBe(300);
  });

  test.each(wrappings)('names the path of a wrong field through %s', (_, received, path) => {
    const refused = () => unwrap(received, parseOrderDispatched);
    expect(refused).toThrow(InvalidEventError);
    expect(refused).toThrow(
      expect.objectContaining({
        issues: expect.arrayContaining([expect.objectContaining({ path: `${path}/detail-type` })]),
      }),
    );
  });

  test.each(wrappings)('is named by a parser that gets %s', (_, received) => {
    for (const parser of [parse, parseOrderPlaced]) {
      expect(() => parser(received)).toThrow(
        expect.objectContaining({
          issues: [
            {
              path: '',
              received: expect.stringMatching(/^an object with \w+$/),
              allowed: expect.stringContaining('unwrap and onBatch of @orders/events/envelopes'),
            },
          ],
        }),
      );
    }
  });

  test('keeps the order of the events, also of several types and from several wrappers', () => {
    const received = [records(sqs(placed), sqs(dispatched)), firehose(dispatched, placed), placed];
    expect(unwrap(received, parse)).toEqual([placed, dispatched, dispatched, placed, placed]);
    expect(unwrap({ Records: [] }, parse)).toEqual([]);
  });

  test('decodes text in Base64 as UTF-8', () => {
    const event = { ...placed, resources: ['größer 😀'] };
    expect(unwrap(records(kinesis(event)), parse)).toEqual([event]);
  });

  test('lists the issues of all events', () => {
    const wrong = { ...placed, detail: { ...placed.detail, value: -1 } };
    expect(() => unwrap(records(sqs(wrong), sqs(placed), sqs('no JSON')), parseOrderPlaced)).toThrow(
      expect.objectContaining({
        issues: [
          expect.objectContaining({ path: '/Records/0/body/detail/value', received: '-1' }),
          expect.objectContaining({ path: '/Records/2/body', received: '"no JSON"' }),
        ],
      }),
    );
  });

  test.each([
    ['nothing', undefined],
    ['text', 'text'],
    ['a record of another service', records({ s3: { bucket: {} } })],
    ['a number in a body', records(sqs('7'))],
    ['what is not Base64', records({ kinesis: { sequenceNumber: '1', data: '***' } })],
    ['bytes that are no text', firehose(Buffer.from([0xff, 0xfe]).toString('latin1'))],
  ])('refuses %s', (_, received) => {
    expect(() => unwrap(received, parseOrderPlaced)).toThrow(InvalidEventError);
  });

  test('survives wrappers in wrappers without end', () => {
    let deep: unknown = placed;
    for (let level = 0; level < 100_000; level += 1) deep = { requestPayload: deep, requestContext: {} };
    expect(() => unwrap(deep, parse)).toThrow(InvalidEventError);
  });

  test('throws what a parser of your own throws', () => {
    const broken = Object.assign(
      () => {
        throw new Error('broken');
      },
      { '~standard': parse['~standard'] },
    );
    expect(() => unwrap(placed, broken)).toThrow('broken');
  });
});

test('a field of a detail that looks like a wrapper hides no issue', () => {
  const event = makeOrderPlaced({ detail: { value: -1, ...{ messageId: '1', Records: [] } } });
  expect(() => parse(event)).toThrow('/detail/value: received -1');
});

describe('onBatch', () => {
  let logged: ReturnType<typeof jest.spyOn>;
  beforeEach(() => {
    logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => logged.mockRestore());

  const invalid = { ...placed, detail: {} };
  const valued = (value: number) => makeOrderPlaced({ detail: { value } });
  const handling = (failing: readonly number[] = []) => {
    const handled: number[] = [];
    const handler = onBatch(parseOrderPlaced, async ({ detail }: OrderPlacedEvent) => {
      if (failing.includes(detail.value)) throw new Error(`the database refused ${detail.value}`);
      handled.push(detail.value);
    });
    return { handled, handle: (...all: unknown[]) => handler(records(...all), {}) };
  };
  const idOf = (record: { messageId: string } | { kinesis: { sequenceNumber: string } }) =>
    'messageId' in record ? record.messageId : record.kinesis.sequenceNumber;
  const failures = (...all: Parameters<typeof idOf>[0][]) => ({
    batchItemFailures: all.map((record) => ({ itemIdentifier: idOf(record) })),
  });

  test('reports nothing when all is well, and hands on the context', async () => {
    const seen: unknown[] = [];
    const handler = onBatch(parse, async (event, { awsRequestId }: { awsRequestId: string }) => {
      seen.push([event['detail-type'], awsRequestId]);
    });
    const batch = records(sqs(placed), sqs(notification(dispatched)));
    expect(await handler(batch, { awsRequestId: '1' })).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([
      ['Order Placed', '1'],
      ['Order Dispatched', '1'],
    ]);
    expect(logged).not.toHaveBeenCalled();
  });

  test('of a queue reports the invalid messages and the failed ones, handles the others, and logs why', async () => {
    const bad = [sqs(invalid), sqs('no JSON'), sqs(valued(2))];
    const { handle, handled } = handling([2]);
    const [first, second, third] = bad as [(typeof bad)[0], (typeof bad)[0], (typeof bad)[0]];
    expect(await handle(first, sqs(valued(1)), second, third, sqs(valued(3)))).toEqual(failures(...bad));
    expect(handled).toEqual([1, 3]);
    expect(logged).toHaveBeenCalledTimes(3);
    expect(logged).toHaveBeenCalledWith(
      `The record ${third.messageId} failed and is reported:`,
      new Error('the database refused 2'),
    );
    expect(logged).toHaveBeenCalledWith(
      `The record ${first.messageId} failed and is reported:`,
      expect.any(InvalidEventError),
    );
  });

  test('of a FIFO queue reports the rest of the group too, and handles the other groups', async () => {
    const [failed, after] = [fifo(valued(2), 'a'), fifo(valued(3), 'a')];
    const { handle, handled } = handling([2]);
    const batch = [fifo(valued(1), 'a'), failed, fifo(valued(4), 'b'), after];
    expect(await handle(...batch)).toEqual(failures(failed, after));
    expect(handled.sort()).toEqual([1, 4]);
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('with 1 after it'), expect.any(Error));
  });

  test('of a standard queue with message groups reports only what failed', async () => {
    const grouped = (value: number) => sqs(valued(value), { attributes: { MessageGroupId: 'tenant' } });
    const failed = grouped(1);
    const { handle, handled } = handling([1]);
    expect(await handle(failed, grouped(2))).toEqual(failures(failed));
    expect(handled).toEqual([2]);
  });

  test('of Kinesis handles records in their order, and reports those from the first that failed', async () => {
    const [failed, after] = [kinesis(invalid), kinesis(valued(3))];
    const { handle, handled } = handling();
    expect(await handle(kinesis(valued(1)), failed, after)).toEqual(failures(failed, after));
    expect(handled).toEqual([1]);
  });

  test.each([
    ['an event', placed, '', 'an object'],
    ['a batch of Firehose', firehose(placed), '', 'a Firehose batch'],
    ['nothing', undefined, '', 'nothing'],
    ['records of SNS', records(sns(placed)), '/Records/0', 'an SNS record'],
    ['records of another service', records({}), '/Records/0', 'an object'],
  ])('rejects %s, and says what to use', async (_, received, path, what) => {
    const handler = onBatch(parse, async () => undefined);
    await expect(handler(received, {})).rejects.toMatchObject({
      name: 'InvalidEventError',
      issues: [{ path, received: what, allowed: expect.stringMatching(/from SQS.*use unwrap$/) }],
    });
  });
});
