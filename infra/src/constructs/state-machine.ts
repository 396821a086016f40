import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine/index.js';
import { DefaultTokenResolver, StringConcat, Tokenization } from 'cdktf';
import { Construct } from 'constructs';
import { metricsOf, type Watch, type Watched } from './monitoring.ts';
import { type Allow, ServiceRole, traceWithXRay } from './policy.ts';
import { workflowGrants } from './workflow-grants.ts';

export interface StateMachineProps {
  name: string;
  startAt: string;
  /**
   * The states, in the Amazon States Language. `resource('events:putEvents')` is the ARN of a service integration. The
   * machine gets the permission for everything of the stack that a state refers to and calls.
   */
  states: (resource: (integration: string) => string) => Record<string, object>;
  /** What the states do with resources that only the input names. */
  allow?: readonly Allow[];
}

/**
 * A Step Functions state machine (standard workflow) that sends its traces to X-Ray. It may do what its states do, and no
 * more.
 */
export class StateMachine extends Construct implements Watched {
  readonly arn: string;
  readonly #label: string;

  constructor(scope: Construct, id: string, { name, startAt, states, allow = [] }: StateMachineProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, 'partition');
    const readSampling = {
      actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      resources: traceWithXRay.resources,
    };
    const definition = {
      StartAt: startAt,
      States: states((integration) => `arn:${partition}:states:::${integration}`),
    };
    const references = {
      scope: this,
      resolver: new DefaultTokenResolver(new StringConcat()),
      preparing: false,
    };
    const grants = workflowGrants(Tokenization.resolve(definition.States, references), allow);
    const role = new ServiceRole(this, 'role', {
      service: 'states.amazonaws.com',
      allow: [traceWithXRay, readSampling, ...grants, ...allow],
    });
    const { arn } = new SfnStateMachine(this, 'state-machine', {
      name,
      roleArn: role.arn,
      definition: JSON.stringify(definition),
      tracingConfiguration: { enabled: true },
      dependsOn: [role.ready],
    });
    this.arn = arn;
    this.#label = name;
  }

  get watch(): Watch {
    const metric = metricsOf('AWS/States', { StateMachineArn: this.arn });
    // Each of these executions is an order that goes no further.
    const unsuccessful = [
      { state: 'failed', metric: metric('ExecutionsFailed'), what: 'failed' },
      { state: 'aborted', metric: metric('ExecutionsAborted'), what: 'were stopped' },
      { state: 'timed-out', metric: metric('ExecutionsTimedOut'), what: 'ran out of time' },
    ];
    const name = this.#label;
    return {
      title: `The workflow ${name}`,
      graphs: [
        {
          title: 'Executions',
          metrics: [
            metric('ExecutionsStarted'),
            metric('ExecutionsSucceeded'),
            ...unsuccessful.map((each) => each.metric),
          ],
        },
        {
          title: 'Execution time (ms)',
          metrics: ['p50', 'p95'].map((p) => ({ ...metric('ExecutionTime', p), label: p })),
        },
      ],
      alarms: unsuccessful.map(({ state, metric, what }) => ({
        name: `${name}-${state}-executions`,
        metric,
        meaning: `Executions of the workflow ${name} ${what}; their orders are in their input.`,
        runbook: 'failed-executions',
      })),
    };
  }
}
