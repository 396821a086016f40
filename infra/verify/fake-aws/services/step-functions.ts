import { arn, type Calls, type Cloud } from '../cloud.ts';

export function stepFunctions(cloud: Cloud): Calls {
  const stateMachines = cloud.shelf('stateMachines', 'StateMachineDoesNotExist');

  return {
    ValidateStateMachineDefinition: () => ({ result: 'OK', diagnostics: [] }),
    CreateStateMachine: (input) => {
      const stateMachineArn = arn('states', `stateMachine:${input.name}`);
      cloud.tag(stateMachineArn, input);
      return stateMachines.add(stateMachineArn, {
        ...input,
        stateMachineArn,
        creationDate: Date.now() / 1000,
        status: 'ACTIVE',
      });
    },
    DescribeStateMachine: ({ stateMachineArn }) => stateMachines.get(stateMachineArn),
    ListStateMachineVersions: () => ({ stateMachineVersions: [] }),
    ListTagsForResource: ({ resourceArn }) => ({
      tags: Object.entries(cloud.tags(resourceArn)).map(([key, value]) => ({ key, value })),
    }),
    DeleteStateMachine: ({ stateMachineArn }) => stateMachines.remove(stateMachineArn),
  };
}
