import { arn, type Calls, type Cloud, type Json, type Shelf } from '../cloud.ts';

export function eventBridge(cloud: Cloud): Calls {
  const buses = cloud.shelf('buses');
  const archives = cloud.shelf('archives');
  const rules = cloud.shelf('rules');
  const targets = cloud.shelf('targets');
  const connections = cloud.shelf('connections');
  const apiDestinations = cloud.shelf('apiDestinations');

  const ruleOf = (input: Json) => `${input.EventBusName}/${input.Name ?? input.Rule}`;
  const byName = (kind: string, all: Shelf): Calls => ({
    [`Describe${kind}`]: ({ Name }) => all.get(Name),
    [`Delete${kind}`]: ({ Name }) => all.remove(Name),
  });

  return {
    CreateEventBus: (input) => {
      const { Name } = input;
      const { Arn } = buses.add(Name, { Name, Arn: arn('events', `event-bus/${Name}`) });
      cloud.tag(Arn, input);
      return { EventBusArn: Arn };
    },
    ...byName('EventBus', buses),
    CreateArchive: (input) =>
      archives.add(input.ArchiveName, {
        ...input,
        ArchiveArn: arn('events', `archive/${input.ArchiveName}`),
        State: 'ENABLED',
      }),
    DescribeArchive: ({ ArchiveName }) => archives.get(ArchiveName),
    DeleteArchive: ({ ArchiveName }) => archives.remove(ArchiveName),
    PutRule: (input) => {
      buses.get(input.EventBusName);
      const Arn = arn('events', `rule/${ruleOf(input)}`);
      rules.add(ruleOf(input), { ...input, Arn });
      cloud.tag(Arn, input);
      return { RuleArn: Arn };
    },
    DescribeRule: (input) => rules.get(ruleOf(input)),
    DeleteRule: (input) => rules.remove(ruleOf(input)),
    PutTargets: (input) => {
      rules.get(ruleOf(input));
      targets.add(ruleOf(input), { Targets: input.Targets });
      return { FailedEntryCount: 0 };
    },
    ListTargetsByRule: (input) => targets.get(ruleOf(input)),
    RemoveTargets: (input) => {
      targets.remove(ruleOf(input));
      return { FailedEntryCount: 0 };
    },
    CreateConnection: ({ Name, AuthorizationType, AuthParameters }) =>
      connections.add(Name, {
        Name,
        AuthorizationType,
        AuthParameters,
        ConnectionArn: arn('events', `connection/${Name}/id`),
        ConnectionState: 'AUTHORIZED',
        SecretArn: arn('secretsmanager', `secret:events!connection/${Name}`),
      }),
    ...byName('Connection', connections),
    CreateApiDestination: (input) =>
      apiDestinations.add(input.Name, {
        ...input,
        ApiDestinationArn: arn('events', `api-destination/${input.Name}/id`),
        ApiDestinationState: 'ACTIVE',
      }),
    ...byName('ApiDestination', apiDestinations),
    ListTagsForResource: ({ ResourceARN }) => ({ Tags: cloud.tagList(ResourceARN) }),
  };
}
