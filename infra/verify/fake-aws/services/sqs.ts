import { account, arn, type Calls, type Cloud, type Json } from '../cloud.ts';

export function sqs(cloud: Cloud): Calls {
  const queues = cloud.shelf('queues', 'AWS.SimpleQueueService.NonExistentQueue');
  // For AWS the policy of a queue is an attribute, for Terraform a resource.
  const policies = cloud.shelf('queuePolicies');

  return {
    CreateQueue: (input) => {
      const QueueUrl = `https://sqs.eu-west-1.amazonaws.com/${account}/${input.QueueName}`;
      queues.add(QueueUrl, { ...(input.Attributes as Json), QueueArn: arn('sqs', String(input.QueueName)) });
      cloud.tag(QueueUrl, input);
      return { QueueUrl };
    },
    GetQueueAttributes: ({ QueueUrl }) => ({
      Attributes: { ...queues.get(QueueUrl), ...policies.items.get(String(QueueUrl)) },
    }),
    SetQueueAttributes: ({ QueueUrl, Attributes }) => {
      queues.get(QueueUrl);
      const { Policy, ...others } = Attributes as Json;
      if (Object.keys(others).length > 0) throw new Error('only the policy of an existing queue can be set');
      if (Policy === '') return policies.remove(QueueUrl);
      policies.add(QueueUrl, { Policy });
      return undefined;
    },
    ListQueueTags: ({ QueueUrl }) => ({ Tags: cloud.tags(QueueUrl) }),
    DeleteQueue: ({ QueueUrl }) => queues.remove(QueueUrl),
  };
}
