import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js';
import { expect, test } from '@jest/globals';
import type { TerraformStack } from 'cdktf';
import { smallStack } from '../../test/small-stack.ts';
import { StateMachine } from './state-machine.ts';

const makeMachine = (stack: TerraformStack) =>
  new StateMachine(stack, 'late', {
    name: 'LateOrders',
    startAt: 'Publish',
    states: (resource) => ({
      Publish: {
        Type: 'Task',
        Resource: resource('events:putEvents'),
        Parameters: {
          Entries: [{ EventBusName: new CloudwatchEventBus(stack, 'bus', { name: 'Late' }).name }],
        },
        End: true,
      },
    }),
  });

test("a state machine runs its states in its role, traced, in the account's own partition", () => {
  expect(smallStack(makeMachine)['late/state-machine']).toEqual({
    resource: 'aws_sfn_state_machine',
    name: 'LateOrders',
    role_arn: '<late/role/role.arn>',
    definition: {
      StartAt: 'Publish',
      States: {
        Publish: {
          Type: 'Task',
          Resource: 'arn:<late/partition.partition>:states:::events:putEvents',
          Parameters: { Entries: [{ EventBusName: '<bus.name>' }] },
          End: true,
        },
      },
    },
    tracing_configuration: { enabled: true },
    depends_on: ['<late/role/policy>'],
  });
});

test('a state machine may send its traces and do what its states do, and no more', () => {
  const resources = smallStack(makeMachine);
  expect(resources['late/role/role']).toMatchObject({
    assume_role_policy: { Statement: [{ Principal: { Service: 'states.amazonaws.com' } }] },
  });
  expect(resources['late/role/policy']).toMatchObject({
    policy: {
      Statement: [
        { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: ['*'] },
        { Action: ['xray:GetSamplingRules', 'xray:GetSamplingTargets'], Resource: ['*'] },
        { Action: ['events:PutEvents'], Resource: ['<bus.arn>'] },
      ],
    },
  });
});

test('a state machine has an alarm on every way to end without success', () => {
  smallStack((stack) => {
    const { alarms } = makeMachine(stack).watch;
    expect(alarms.map(({ name, metric }) => [name, metric.name])).toEqual([
      ['LateOrders-failed-executions', 'ExecutionsFailed'],
      ['LateOrders-aborted-executions', 'ExecutionsAborted'],
      ['LateOrders-timed-out-executions', 'ExecutionsTimedOut'],
    ]);
  });
});
