import { AwsError } from '../../aws-error.ts';
import { operation, parameterErrors, type ServiceOperations } from '../../operation.ts';
import type { Trace } from '../../trace.ts';
import type { Execution, Workflow } from './workflow.ts';

/** Every status that Step Functions knows. An execution here has one of the first three. */
const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

const stateMachineArn = { type: 'text', required: true } as const;

/** The operations of Step Functions on these workflows. */
export function stepFunctionsOperations(list: readonly Workflow[], trace: Trace): ServiceOperations {
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
      const execution = workflow.executions().find((candidate) => candidate.arn === arn);
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
          const execution = workflow.start(given.input ?? '{}', flowId ?? trace.newFlow(), given.name);
          return { executionArn: execution.arn, startDate: execution.startedAt / 1000 };
        },
      ),

      ListExecutions: operation(
        { stateMachineArn, statusFilter: { type: 'text', oneOf: statuses } },
        ({ stateMachineArn, statusFilter }, { authorize }) => {
          authorize(stateMachineArn);
          const workflow = workflowOf(stateMachineArn);
          const executions = workflow
            .executions()
            .filter(({ status }) => statusFilter === undefined || status === statusFilter);
          return { executions: executions.map((execution) => tell(execution, workflow)) };
        },
      ),

      DescribeExecution: operation(
        { executionArn: { type: 'text', required: true } },
        ({ executionArn }, { authorize }) => {
          authorize(executionArn);
          const { execution, workflow } = executionOf(executionArn);
          const { input, output, error, cause } = execution;
          return { ...tell(execution, workflow), input, output, error, cause };
        },
      ),
    },
  };
}

const tell = ({ arn, name, status, startedAt, stoppedAt }: Execution, workflow: Workflow) => ({
  executionArn: arn,
  stateMachineArn: workflow.arn,
  name,
  status,
  startDate: startedAt / 1000,
  ...(stoppedAt !== undefined && { stopDate: stoppedAt / 1000 }),
});
