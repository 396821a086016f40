import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { arnOf, makePlan } from '../../testing.ts';
import { queueDefaults, readQueueConfigs } from './queue-config.ts';
import { redriveTo } from './testing.ts';

const read = (queue: JsonObject, others: JsonObject = {}) =>
  readQueueConfigs(makePlan({ aws_sqs_queue: { q: { name: 'Q', ...queue }, ...others } }))[0];

test('a queue with a name only has what the AWS provider sets', () => {
  expect(read({})).toEqual({
    ...queueDefaults,
    name: 'Q',
    arn: arnOf('sqs', 'Q'),
    url: 'http://127.0.0.1:4000/000000000000/Q',
  });
});

test('a queue has what the stack says', () => {
  const policy = '{"Statement":[]}';
  const [config] = readQueueConfigs(
    makePlan({
      aws_sqs_queue: {
        q: {
          name: 'Q',
          visibility_timeout_seconds: 43_200,
          delay_seconds: 900,
          message_retention_seconds: 1_209_600,
          max_message_size: 262_144,
          receive_wait_time_seconds: 20,
          sqs_managed_sse_enabled: false,
          redrive_policy: redriveTo('dead', 5),
          tags: { team: 'orders' },
        },
        dead: { name: 'Dead', redrive_allow_policy: '{"redrivePermission": "allowAll"}' },
      },
      aws_sqs_queue_policy: { q: { queue_url: '${aws_sqs_queue.q.url}', policy } },
    }),
  );
  expect(config).toMatchObject({
    visibilityTimeoutSeconds: 43_200,
    delaySeconds: 900,
    retentionSeconds: 1_209_600,
    maxMessageBytes: 262_144,
    receiveWaitSeconds: 20,
    sqsManagedSse: false,
    redrive: { deadLetterTargetArn: arnOf('sqs', 'Dead'), maxReceiveCount: 5 },
    policy,
  });
});

describe('what SQS refuses is refused at start', () => {
  const dead = (policy: object) => ({ dead: { name: 'Dead', redrive_allow_policy: JSON.stringify(policy) } });
  test.each<[string, JsonObject, JsonObject, string]>([
    ['a FIFO queue', { fifo_queue: true }, {}, "doesn't know the argument fifo_queue"],
    [
      'a redrive policy that is not JSON',
      { redrive_policy: 'Dead' },
      {},
      'redrive_policy has to be a JSON object, received Dead',
    ],
    [
      'a redrive policy without a count',
      { redrive_policy: '{"deadLetterTargetArn":"x"}' },
      {},
      'a maxReceiveCount from 1 to 1000',
    ],
    [
      'a count over 1000',
      { redrive_policy: redriveTo('dead', 1_001) },
      dead({}),
      'a maxReceiveCount from 1 to 1000',
    ],
    [
      'a dead-letter queue elsewhere',
      { redrive_policy: '{"deadLetterTargetArn":"arn:x","maxReceiveCount":1}' },
      {},
      "arn:x isn't in the stack. Its queues are Q",
    ],
    [
      'a dead-letter queue that lets nobody in',
      { redrive_policy: redriveTo('dead', 1) },
      dead({ redrivePermission: 'denyAll' }),
      "doesn't let it in",
    ],
    [
      'a dead-letter queue of others',
      { redrive_policy: redriveTo('dead', 1) },
      dead({ redrivePermission: 'byQueue', sourceQueueArns: ['arn:x'] }),
      "doesn't let it in",
    ],
  ])('%s', (_, queue, others, message) => {
    expect(() => read(queue, others)).toThrow(message);
  });

  test('but not a queue that its dead-letter queue names', () => {
    const allow = { redrivePermission: 'byQueue', sourceQueueArns: [arnOf('sqs', 'Q')] };
    expect(read({ redrive_policy: redriveTo('dead', 1) }, dead(allow))?.redrive?.maxReceiveCount).toBe(1);
  });
});
