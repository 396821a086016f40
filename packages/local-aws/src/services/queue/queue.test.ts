import { describe, expect, test } from '@jest/globals';
import { AwsError } from '../../aws-error.ts';
import { systemIds } from '../../ids.ts';
import { arnOf, FakeClock, systemClock } from '../../testing.ts';
import { stringAttribute } from './message-attributes.ts';
import { Queue, type ReceiveOptions } from './queue.ts';
import { type QueueConfig, queueDefaults } from './queue-config.ts';

const second = 1_000;

/** A queue on a clock that stands still. */
function makeQueue(
  config: Partial<QueueConfig> = {},
  clock = new FakeClock(),
  others: readonly Queue[] = [],
) {
  const name = config.name ?? 'Q';
  const queue = new Queue(
    { ...queueDefaults, name, arn: arnOf('sqs', name), url: `http://here/0/${name}`, ...config },
    {
      messages: new Map(),
      facts: new Map(),
      clock,
      ids: systemIds,
      find: (arn) => others.find((other) => other.arn === arn),
    },
  );
  /** Receives one message at once, and hides it for 30 seconds, unless the options differ. */
  const receive = (options: Partial<ReceiveOptions> = {}) =>
    queue.receive({ max: 1, visibilityTimeoutMs: 30 * second, waitMs: 0, ...options });
  const receiveOne = async (options?: Partial<ReceiveOptions>) => {
    const [message] = await receive(options);
    if (!message) throw new Error('There was no message to receive');
    return message;
  };
  const bodies = async (options?: Partial<ReceiveOptions>) =>
    (await receive(options)).map(({ body }) => body);
  return { queue, clock, receive, receiveOne, bodies };
}

/** The error that something throws, by its name and message. */
function errorOf(act: () => unknown): { name: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof AwsError) return { name: error.name, message: error.message };
    throw error;
  }
  return { name: 'none', message: '' };
}

describe('a message', () => {
  test('is received as it was sent', async () => {
    const { queue, clock, receive } = makeQueue();
    const attributes = { a: stringAttribute('1') };
    const { id } = queue.send('€', { attributes });
    const sentAt = clock.now();
    clock.advance(second);
    expect(await receive()).toEqual([
      expect.objectContaining({
        id,
        body: '€',
        attributes,
        sentAt,
        receiveCount: 1,
        firstReceivedAt: sentAt + second,
      }),
    ]);
  });

  test('that was received is hidden until its time is up, and then received again under another handle', async () => {
    const { queue, clock, receive, receiveOne } = makeQueue();
    queue.send('a');
    const first = await receiveOne({ visibilityTimeoutMs: 10 * second });
    clock.advance(10 * second - 1);
    expect(await receive()).toEqual([]);
    clock.advance(1);
    const again = await receiveOne();
    expect(again).toMatchObject({ id: first.id, receiveCount: 2, firstReceivedAt: first.firstReceivedAt });
    expect(again.receiptHandle).not.toBe(first.receiptHandle);
  });

  test('that is hidden for no time is received again at once', async () => {
    const { queue, bodies } = makeQueue();
    queue.send('a');
    expect(await bodies({ visibilityTimeoutMs: 0 })).toEqual(['a']);
    expect(await bodies()).toEqual(['a']);
  });

  test('stays as its receiver got it when another one receives it', async () => {
    const { queue, receiveOne } = makeQueue();
    queue.send('a');
    const first = await receiveOne({ visibilityTimeoutMs: 0 });
    const asItWas = { ...first };
    await receiveOne();
    expect(first).toEqual(asItWas);
  });

  test('is received with those before it, as many as the receiver takes', async () => {
    const { queue, bodies } = makeQueue();
    for (const body of ['a', 'b', 'c']) queue.send(body);
    expect(await bodies({ max: 2 })).toEqual(['a', 'b']);
    expect(await bodies({ max: 2 })).toEqual(['c']);
    expect(await bodies({ max: 2 })).toEqual([]);
  });
});

describe('deleting a message', () => {
  test('takes it away for good', async () => {
    const { queue, clock, receive, receiveOne } = makeQueue();
    queue.send('a');
    queue.delete((await receiveOne()).receiptHandle);
    clock.advance(60 * second);
    expect(await receive()).toEqual([]);
  });

  test("that is gone isn't an error", async () => {
    const { queue, receiveOne } = makeQueue();
    queue.send('a');
    const { receiptHandle } = await receiveOne();
    queue.delete(receiptHandle);
    expect(errorOf(() => queue.delete(receiptHandle)).name).toBe('none');
  });

  test('that somebody else received since then leaves it to them', async () => {
    const { queue, receiveOne, bodies } = makeQueue();
    queue.send('a');
    const late = await receiveOne({ visibilityTimeoutMs: 0 });
    await receiveOne({ visibilityTimeoutMs: 0 });
    queue.delete(late.receiptHandle);
    expect(await bodies()).toEqual(['a']);
  });

  test('takes receipt handles of this queue only', async () => {
    const { queue } = makeQueue();
    const other = makeQueue({ name: 'Other' });
    other.queue.send('a');
    for (const handle of ['nonsense', (await other.receiveOne()).receiptHandle]) {
      expect(errorOf(() => queue.delete(handle))).toEqual({
        name: 'com.amazonaws.sqs#ReceiptHandleIsInvalid',
        message: `The input receipt handle "${handle}" is not a valid receipt handle. It isn't one of the queue Q.`,
      });
    }
  });
});

describe('changing how long a message is hidden', () => {
  test('counts from now on', async () => {
    const { queue, clock, receive, receiveOne, bodies } = makeQueue();
    queue.send('a');
    const { receiptHandle } = await receiveOne({ visibilityTimeoutMs: 10 * second });
    clock.advance(9 * second);
    queue.changeVisibility(receiptHandle, 5 * second);
    clock.advance(5 * second - 1);
    expect(await receive()).toEqual([]);
    clock.advance(1);
    expect(await bodies()).toEqual(['a']);
  });

  test('to no time at all gives it to whoever waits', async () => {
    const { queue, receiveOne, bodies } = makeQueue();
    queue.send('a');
    const { receiptHandle } = await receiveOne();
    const waiting = bodies({ waitMs: 20 * second });
    queue.changeVisibility(receiptHandle, 0);
    expect(await waiting).toEqual(['a']);
  });

  test('works for one that is visible again and nobody else has received', async () => {
    const { queue, clock, receiveOne, bodies } = makeQueue();
    queue.send('a');
    const { receiptHandle } = await receiveOne({ visibilityTimeoutMs: second });
    clock.advance(second);
    queue.changeVisibility(receiptHandle, second);
    expect(await bodies()).toEqual([]);
    clock.advance(second);
    expect(await bodies()).toEqual(['a']);
  });

  test('is refused for one that is gone, or was received again', async () => {
    const { queue, receiveOne } = makeQueue();
    queue.send('a');
    const first = await receiveOne({ visibilityTimeoutMs: 0 });
    const refused = {
      name: 'com.amazon.coral.service#InvalidParameterValueException',
      message: expect.stringContaining('Message does not exist or is not available'),
    };
    const change = (handle: string) => errorOf(() => queue.changeVisibility(handle, second));
    const next = await receiveOne();
    expect(change(first.receiptHandle)).toEqual(refused);
    queue.delete(next.receiptHandle);
    expect(change(next.receiptHandle)).toEqual(refused);
  });
});

describe('a receiver that waits', () => {
  const waitMs = 20 * second;

  test('waits for nothing when there is a message', async () => {
    const { queue, clock, bodies } = makeQueue();
    queue.send('a');
    expect(await bodies({ waitMs })).toEqual(['a']);
    expect(clock.timers).toBe(0);
  });

  test('gets the next message that is sent, and leaves no timer behind', async () => {
    const { queue, clock, bodies } = makeQueue();
    const waiting = bodies({ waitMs });
    clock.advance(waitMs - 1);
    queue.send('a');
    expect(await waiting).toEqual(['a']);
    expect(clock.timers).toBe(0);
  });

  test('gets nothing when its time is up', async () => {
    const { clock, bodies } = makeQueue();
    const waiting = bodies({ waitMs });
    clock.advance(waitMs);
    expect(await waiting).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  test('gets a message that is hidden once its time is up', async () => {
    const { queue, clock, receiveOne, bodies } = makeQueue();
    queue.send('a');
    await receiveOne({ visibilityTimeoutMs: 5 * second });
    const waiting = bodies({ waitMs });
    clock.advance(5 * second);
    expect(await waiting).toEqual(['a']);
  });

  test('waits on when another one was faster', async () => {
    const { queue, bodies } = makeQueue();
    const [first, last] = [bodies({ waitMs }), bodies({ waitMs })];
    queue.send('a');
    expect(await first).toEqual(['a']);
    queue.send('b');
    expect(await last).toEqual(['b']);
  });

  test('gets nothing when the queue closes, and nobody waits from then on', async () => {
    const { queue, clock, bodies } = makeQueue();
    const waiting = bodies({ waitMs });
    queue.close();
    expect(await waiting).toEqual([]);
    expect(await bodies({ waitMs })).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});

test('a queue counts the messages that wait, those that are hidden, and those that are delayed', async () => {
  const { queue, clock, receive } = makeQueue();
  for (const body of ['a', 'b', 'c']) queue.send(body);
  queue.send('d', { delaySeconds: 60 });
  expect(queue.counts).toEqual({ visible: 3, notVisible: 0, delayed: 1 });
  await receive();
  expect(queue.counts).toEqual({ visible: 2, notVisible: 1, delayed: 1 });
  clock.advance(60 * second);
  expect(queue.counts).toEqual({ visible: 4, notVisible: 0, delayed: 0 });
});

describe('a delay', () => {
  test('hides a message until it is over, and a receiver that waits gets it then', async () => {
    const { queue, clock, bodies } = makeQueue({ delaySeconds: 10 });
    queue.send('a');
    const waiting = bodies({ waitMs: 20 * second });
    clock.advance(10 * second - 1);
    expect(queue.counts.delayed).toBe(1);
    clock.advance(1);
    expect(await waiting).toEqual(['a']);
  });

  test("is the message's own, if it has one", async () => {
    const { queue, clock, bodies } = makeQueue({ delaySeconds: 10 });
    queue.send('now', { delaySeconds: 0 });
    queue.send('later', { delaySeconds: 900 });
    expect(await bodies({ max: 10 })).toEqual(['now']);
    clock.advance(900 * second);
    expect(await bodies({ max: 10 })).toEqual(['now', 'later']);
  });
});

describe('the retention', () => {
  test('takes a message away at its time, also one that is hidden', async () => {
    const { queue, clock, receiveOne, bodies } = makeQueue({ retentionSeconds: 60 });
    queue.send('a');
    queue.send('b');
    clock.advance(59 * second);
    queue.send('c');
    const { receiptHandle } = await receiveOne({ visibilityTimeoutMs: 2 * second });
    clock.advance(second);
    expect(queue.counts).toEqual({ visible: 1, notVisible: 0, delayed: 0 });
    clock.advance(second);
    expect(await bodies({ max: 10 })).toEqual(['c']);
    expect(errorOf(() => queue.delete(receiptHandle)).name).toBe('none');
  });

  test('makes room in a queue that was full', () => {
    const { queue, clock } = makeQueue({ retentionSeconds: 60 });
    const full = 128 * 4;
    for (let count = 0; count < full; count += 1) queue.send('x'.repeat(256 * 1024));
    expect(errorOf(() => queue.send('x')).name).toBe('com.amazonaws.sqs#OverLimit');
    clock.advance(60 * second);
    expect(errorOf(() => queue.send('x')).name).toBe('none');
  });
});

describe('a redrive policy', () => {
  const makePair = (maxReceiveCount = 2, dead: Partial<QueueConfig> = {}) => {
    const clock = new FakeClock();
    const deadLetters = makeQueue({ name: 'Dead', ...dead }, clock);
    const redrive = { deadLetterTargetArn: deadLetters.queue.arn, maxReceiveCount };
    return {
      deadLetters,
      ...makeQueue({ redrive, visibilityTimeoutSeconds: 10 }, clock, [deadLetters.queue]),
    };
  };

  test('moves a message that was received as often as it says, and the next receive comes, as it is', async () => {
    const { queue, clock, receiveOne, bodies, deadLetters } = makePair();
    const attributes = { a: stringAttribute('1') };
    const { id, sentAt } = queue.send('a', { attributes });
    await receiveOne({ visibilityTimeoutMs: 0 });
    await receiveOne({ visibilityTimeoutMs: 0 });
    expect(deadLetters.queue.counts.visible).toBe(0);
    clock.advance(second);
    expect(await bodies()).toEqual([]);
    expect(queue.counts).toEqual({ visible: 0, notVisible: 0, delayed: 0 });
    expect(await deadLetters.receiveOne()).toMatchObject({
      id,
      body: 'a',
      attributes,
      sentAt,
      receiveCount: 3,
      system: { DeadLetterQueueSourceArn: queue.arn },
    });
  });

  test('lets a receiver that waits take the next message instead', async () => {
    const { queue, receiveOne, bodies } = makePair(1);
    queue.send('a');
    queue.send('b');
    await receiveOne({ visibilityTimeoutMs: 0 });
    expect(await bodies()).toEqual(['b']);
  });

  test('moves it while a receiver waits, when it is visible again', async () => {
    const { queue, clock, receiveOne, bodies, deadLetters } = makePair(1);
    queue.send('a');
    await receiveOne({ visibilityTimeoutMs: 10 * second });
    const waiting = bodies({ waitMs: 20 * second });
    clock.advance(10 * second);
    await Promise.resolve();
    expect(await deadLetters.bodies()).toEqual(['a']);
    clock.advance(10 * second);
    expect(await waiting).toEqual([]);
  });

  test('leaves a message its age: it is retained from when it was sent first', async () => {
    const { queue, clock, receiveOne, bodies, deadLetters } = makePair(1, { retentionSeconds: 120 });
    queue.send('a');
    await receiveOne({ visibilityTimeoutMs: 0 });
    clock.advance(60 * second);
    expect(await bodies()).toEqual([]);
    clock.advance(59 * second);
    expect(deadLetters.queue.counts.visible).toBe(1);
    clock.advance(second);
    expect(deadLetters.queue.counts.visible).toBe(0);
  });
});

test('a purge deletes all messages, also those that are hidden, and others may follow', async () => {
  const { queue, receive, receiveOne, bodies } = makeQueue();
  for (const body of ['a', 'b']) queue.send(body);
  const { receiptHandle } = await receiveOne();
  queue.purge();
  expect(queue.counts).toEqual({ visible: 0, notVisible: 0, delayed: 0 });
  expect(errorOf(() => queue.delete(receiptHandle)).name).toBe('none');
  expect(await receive()).toEqual([]);
  queue.send('c');
  expect(await bodies()).toEqual(['c']);
});

test('a second purge within 60 seconds is refused, and deletes nothing', () => {
  const { queue, clock } = makeQueue();
  queue.purge();
  queue.send('a');
  clock.advance(60 * second - 1);
  expect(errorOf(() => queue.purge())).toEqual({
    name: 'com.amazonaws.sqs#PurgeQueueInProgress',
    message: 'Only one PurgeQueue operation on Q is allowed every 60 seconds.',
  });
  expect(queue.counts.visible).toBe(1);
  clock.advance(1);
  queue.purge();
  expect(queue.counts.visible).toBe(0);
});

describe('a queue', () => {
  const maxBytes = 256 * 1024;

  test('takes 256 KiB and no byte more, attributes counted', () => {
    const { queue } = makeQueue();
    const attributes = { a: stringAttribute('€') };
    const tooLong = { name: 'com.amazon.coral.service#InvalidParameterValueException' };
    expect(errorOf(() => queue.send('x'.repeat(maxBytes))).name).toBe('none');
    expect(errorOf(() => queue.send(`x${'x'.repeat(maxBytes)}`))).toEqual({
      ...tooLong,
      message: expect.stringContaining(`shorter than ${maxBytes} bytes. It has ${maxBytes + 1}.`),
    });
    expect(errorOf(() => queue.send('€'.repeat(maxBytes / 2)))).toMatchObject(tooLong);
    expect(errorOf(() => queue.send('x'.repeat(maxBytes - 10), { attributes })).name).toBe('none');
    expect(errorOf(() => queue.send('x'.repeat(maxBytes - 9), { attributes }))).toMatchObject(tooLong);
    expect(queue.counts.visible).toBe(2);
  });

  test.each([
    ['a tab, line breaks and a character beyond 16 bits', '\t\n\r 😀 \u{E000} \uFFFD', 'none'],
    ['the character 0', 'a\u0000', 'U+0000'],
    ['a control character', 'a\u001F', 'U+001F'],
    ['half a surrogate pair', 'a\uD83D', 'U+D83D'],
    ['a character that XML lacks', 'a\uFFFE', 'U+FFFE'],
  ])('takes or refuses a body with %s, as SQS does', (_, body, forbidden) => {
    const { name, message } = errorOf(() => makeQueue().queue.send(body));
    if (forbidden === 'none') expect(name).toBe('none');
    else {
      expect(name).toBe('com.amazonaws.sqs#InvalidMessageContents');
      expect(message).toContain(`the character ${forbidden},`);
    }
  });

  test('takes as much as its own limit', () => {
    const { queue } = makeQueue({ maxMessageBytes: 1024 * 1024 });
    expect(errorOf(() => queue.send('x'.repeat(1024 * 1024))).name).toBe('none');
    expect(errorOf(() => queue.send('x'.repeat(1024 * 1024 + 1))).message).toContain(
      'shorter than 1048576 bytes',
    );
  });

  test('that is full says so, and takes messages again when there is room', async () => {
    const { queue, receiveOne } = makeQueue();
    for (let count = 0; count < 100_000; count += 1) queue.send('a');
    expect(errorOf(() => queue.send('b'))).toEqual({
      name: 'com.amazonaws.sqs#OverLimit',
      message: expect.stringContaining(
        'The queue Q is full with 100000 messages of 100000 bytes. Here it keeps',
      ),
    });
    queue.delete((await receiveOne()).receiptHandle);
    expect(errorOf(() => queue.send('b')).name).toBe('none');
  });
});

describe("the system's clock", () => {
  test('calls back', async () => {
    await new Promise<void>((resolve) => systemClock.after(0, resolve));
  });

  test('leaves no timer behind that keeps the process from ending', () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const cancel = systemClock.after(60 * second, () => {});
    expect(timers()).toBe(before + 1);
    cancel();
    expect(timers()).toBe(before);
  });
});
