import { account, arn, type Calls, type Cloud, type Json } from '../cloud.ts';

export function sns(cloud: Cloud): Calls {
  const topics = cloud.shelf('topics', 'NotFound');
  const subscriptions = cloud.shelf('subscriptions', 'NotFound');
  // For AWS the policy of a topic is an attribute, for Terraform a resource.
  const policies = cloud.shelf('topicPolicies');

  return {
    CreateTopic: ({ Name, ...input }) => {
      const TopicArn = arn('sns', String(Name));
      topics.add(TopicArn, { TopicArn, Owner: account, Policy: '{"Version":"2008-10-17","Statement":[]}' });
      cloud.tag(TopicArn, input);
      return { TopicArn };
    },
    GetTopicAttributes: ({ TopicArn }) => ({
      Attributes: new Map(
        Object.entries({ ...topics.get(TopicArn), ...policies.items.get(String(TopicArn)) }),
      ),
    }),
    SetTopicAttributes: ({ TopicArn, AttributeName, AttributeValue }) => {
      const topic = topics.get(TopicArn);
      if (AttributeName !== 'Policy') {
        topic[String(AttributeName)] = AttributeValue;
        return undefined;
      }
      // Terraform deletes a policy by setting the default one.
      if (policies.items.has(String(TopicArn))) return policies.remove(TopicArn);
      policies.add(TopicArn, { Policy: AttributeValue });
      return undefined;
    },
    ListTagsForResource: ({ ResourceArn }) => ({ Tags: cloud.tagList(ResourceArn) }),
    DeleteTopic: ({ TopicArn }) => topics.remove(TopicArn),
    // Nobody confirms the subscription here.
    Subscribe: ({ TopicArn, Protocol, Endpoint }) => {
      topics.get(TopicArn);
      const SubscriptionArn = `${TopicArn}:${cloud.newId()}`;
      const subscription: Json = { SubscriptionArn, TopicArn, Protocol, Endpoint, Owner: account };
      subscriptions.add(SubscriptionArn, { ...subscription, PendingConfirmation: true });
      return { SubscriptionArn };
    },
    GetSubscriptionAttributes: ({ SubscriptionArn }) => ({
      Attributes: new Map(Object.entries(subscriptions.get(SubscriptionArn))),
    }),
    Unsubscribe: ({ SubscriptionArn }) => subscriptions.remove(SubscriptionArn),
  };
}
