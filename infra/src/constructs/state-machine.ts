import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine/index.js';
import { Construct } from 'constructs';
import { type Allow, ServiceRole } from './policy.ts';

export interface StateMachineProps {
  name: string;
  startAt: string;
  /** The states, in the Amazon States Language. `resource('events:putEvents')` is a service integration's ARN. */
  states: (resource: (integration: string) => string) => Record<string, object>;
  /** All that the states do with other resources. */
  allow: readonly Allow[];
}

/** A Step Functions state machine (standard workflow). */
export class StateMachine extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, startAt, states, allow }: StateMachineProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, 'partition');
    const role = new ServiceRole(this, 'role', { service: 'states.amazonaws.com', allow });
    const { arn } = new SfnStateMachine(this, 'state-machine', {
      name,
      roleArn: role.arn,
      definition: JSON.stringify({
        StartAt: startAt,
        States: states((integration) => `arn:${partition}:states:::${integration}`),
      }),
      dependsOn: [role.ready],
    });
    this.arn = arn;
  }
}
