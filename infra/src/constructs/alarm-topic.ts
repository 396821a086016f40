import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import { Construct } from 'constructs';
import { accountId, forThisAccount } from './account.ts';
import { policyDocument } from './policy.ts';

export interface AlarmTopicProps {
  name: string;
  /** The mail address that gets the alarms. Amazon SNS first asks it for a confirmation. */
  email: string;
}

/** An SNS topic that sends a mail when an alarm goes off, and when it is over. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, email }: AlarmTopicProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, 'partition');
    const alarmsOfThisAccount = {
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      ...forThisAccount(this),
    };
    // CloudWatch can't publish to a topic that is encrypted with the key that AWS manages for SNS.
    const key = new KmsKey(this, 'key', {
      description: `Encrypts the topic ${name}`,
      enableKeyRotation: true,
      policy: policyDocument(
        // Without this statement nobody could ever change or delete the key. In the policy of a key, * is the key.
        {
          Principal: { AWS: `arn:${partition}:iam::${accountId(this)}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
        { ...alarmsOfThisAccount, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
      ),
    });
    const topic = new SnsTopic(this, 'topic', { name, kmsMasterKeyId: key.arn });
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyDocument({ ...alarmsOfThisAccount, Action: 'sns:Publish', Resource: topic.arn }),
    });
    new SnsTopicSubscription(this, 'subscription', {
      topicArn: topic.arn,
      protocol: 'email',
      endpoint: email,
    });
    this.arn = topic.arn;
  }
}
