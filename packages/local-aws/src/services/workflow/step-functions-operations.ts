import { ExecutionNotRedrivableError } from '@orders/states-language';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import { operation, parameterErrors, type ServiceOperations } from '../../operation.ts';
import type { Place } from '../../plan/resource-types.ts';
import { taskTokenOperations } from './task-token-operations.ts';
import { testStateOperation } from './test-state-operation.ts';
import type { Account, Execution, Workflow } from './workflow.ts';

/** Every status that Step Functions knows. An execution here has one of the first five. */
const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

const stateMachineArn = { type: 'text', required: true } as const;

/** The operations of Step Functions on these workflows. */
export function stepFunctionsOperations(
  list: readonly Workflow[],
  place: Place,
  account: Account,
  context: Context,
): ServiceOperations {
  const { trace, clock } = context;
  const workflowOf = (arn: string): Workflow => {
    const workflow = list.find((candidate) => candidate.arn === arn);
    if (workflow) return workflow;
    throw new AwsError(
      'StateMachineDoesNotExist',
      `State Machine Does Not Exist: '${arn}'. The stack has ${list.map((known) => known.arn).join(', ')}`,
    );
  };
  const executionOf = (arn: string) => {
    for (const workflow of list) {
      const execution = workflow.executions().find(({ progress }) => progress.arn === arn);
      if (execution) return { workflow, execution };
    }
    throw new AwsError(
      'ExecutionDoesNotExist',
      `Execution Does Not Exist: '${arn}'. The local run knows those that began since it started`,
    );
  };

  return {
    target: 'AWSStepFunctions',
    action: 'states',
    errors: parameterErrors('ValidationException'),
    operations: {
      ...taskTokenOperations(account.tokens),
      TestState: testStateOperation(place, account, context),
      ListStateMachines: operation({}, (_, { authorize }) => {
        authorize('*');
        return {
          stateMachines: list.map(({ arn, name, createdAt }) => ({
            stateMachineArn: arn,
            name,
            type: 'STANDARD',
            creationDate: createdAt / 1000,
          })),
        };
      }),

      StartExecution: operation(
        { stateMachineArn, input: { type: 'text' }, name: { type: 'text' } },
        (given, { authorize, flowId }) => {
          authorize(given.stateMachineArn);
          const workflow = workflowOf(given.stateMachineArn);
          const { progress } = workflow.start(given.input ?? '{}', flowId ?? trace.newFlow(), given.name);
          return { executionArn: progress.arn, startDate: progress.startedAt / 1000 };
        },
      ),

      ListExecutions: operation(
        { stateMachineArn, statusFilter: { type: 'text', oneOf: statuses } },
        ({ stateMachineArn, statusFilter }, { authorize }) => {
          authorize(stateMachineArn);
          const workflow = workflowOf(stateMachineArn);
          const executions = workflow
            .executions()
            .filter(({ progress }) => statusFilter === undefined || progress.status === statusFilter);
          return { executions: executions.map((execution) => tell(execution, workflow)) };
        },
      ),

      DescribeExecution: operation(
        { executionArn: { type: 'text', required: true } },
        ({ executionArn }, { authorize }) => {
          authorize(executionArn);
          const { execution, workflow } = executionOf(executionArn);
          const { output, error, cause } = execution.progress;
          return {
            ...tell(execution, workflow),
            input: execution.input,
            ...(output !== undefined && { output: JSON.stringify(output) }),
            error,
            cause,
          };
        },
      ),

      GetExecutionHistory: operation(
        {
          executionArn: { type: 'text', required: true },
          maxResults: { type: 'integer', min: 0, max: 1_000 },
          reverseOrder: { type: 'boolean' },
          includeExecutionData: { type: 'boolean' },
        },
        ({ executionArn, maxResults, reverseOrder = false, includeExecutionData = true }, { authorize }) => {
          authorize(executionArn);
          if (!includeExecutionData) {
            throw new AwsError('ValidationException', 'The local run tells executions with their data only');
          }
          const { history } = executionOf(executionArn).execution;
          const ordered = reverseOrder ? history.toReversed() : history;
          const events = maxResults ? ordered.slice(0, maxResults) : ordered;
          return { events: events.map((event) => ({ ...event, timestamp: event.timestamp / 1000 })) };
        },
      ),

      StopExecution: operation(
        { executionArn: { type: 'text', required: true }, error: { type: 'text' }, cause: { type: 'text' } },
        ({ executionArn, error, cause }, { authorize }) => {
          authorize(executionArn);
          const { execution, workflow } = executionOf(executionArn);
          workflow.stop(execution, error, cause);
          return { stopDate: (execution.progress.stoppedAt ?? clock.now()) / 1000 };
        },
      ),

      RedriveExecution: operation(
        { executionArn: { type: 'text', required: true }, clientToken: { type: 'text' } },
        ({ executionArn }, { authorize }) => {
          authorize(executionArn);
          const { execution, workflow } = executionOf(executionArn);
          try {
            workflow.redrive(execution);
          } catch (error) {
            if (!(error instanceof ExecutionNotRedrivableError)) throw error;
            throw new AwsError('ExecutionNotRedrivable', error.message);
          }
          return { redriveDate: clock.now() / 1000 };
        },
      ),

      DescribeStateMachine: operation({ stateMachineArn }, ({ stateMachineArn }, { authorize }) => {
        authorize(stateMachineArn);
        const { arn, name, roleArn, definition, createdAt } = workflowOf(stateMachineArn);
        return {
          stateMachineArn: arn,
          name,
          status: 'ACTIVE',
          type: 'STANDARD',
          definition,
          roleArn,
          creationDate: createdAt / 1000,
        };
      }),
    },
  };
}

const tell = (
  { progress: { arn, name, status, startedAt, stoppedAt, redriveCount } }: Execution,
  workflow: Workflow,
) => ({
  executionArn: arn,
  stateMachineArn: workflow.arn,
  name,
  status,
  startDate: startedAt / 1000,
  ...(stoppedAt !== undefined && { stopDate: stoppedAt / 1000 }),
  ...(redriveCount > 0 && { redriveCount }),
});
