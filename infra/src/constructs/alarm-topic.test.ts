import { expect, test } from '@jest/globals';
import { smallStack } from '../../test/small-stack.ts';
import { AlarmTopic } from './alarm-topic.ts';

const resources = () =>
  smallStack((stack) => new AlarmTopic(stack, 'topic', { name: 'alarms', email: 'on-call@shop.example' }));

const alarmsOfThisAccount = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Condition: { StringEquals: { 'aws:SourceAccount': '<account.account_id>' } },
};

test('a topic sends a mail, is encrypted with a key of its own, and lets in alarms of this account only', () => {
  expect(resources()).toMatchObject({
    'topic/topic': { name: 'alarms', kms_master_key_id: '<topic/key.arn>' },
    'topic/subscription': {
      topic_arn: '<topic/topic.arn>',
      protocol: 'email',
      endpoint: 'on-call@shop.example',
    },
  });
  expect(resources()['topic/policy']).toEqual({
    resource: 'aws_sns_topic_policy',
    arn: '<topic/topic.arn>',
    policy: {
      Version: '2012-10-17',
      Statement: [{ ...alarmsOfThisAccount, Action: 'sns:Publish', Resource: '<topic/topic.arn>' }],
    },
  });
});

test('the key is rotated, governed by the account, and used by alarms of this account', () => {
  const root = 'arn:<topic/partition.partition>:iam::<account.account_id>:root';
  expect(resources()['topic/key']).toEqual({
    resource: 'aws_kms_key',
    description: expect.any(String),
    enable_key_rotation: true,
    policy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' },
        { ...alarmsOfThisAccount, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
      ],
    },
  });
});
