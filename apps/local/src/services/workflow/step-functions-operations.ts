import { AwsError } from '../../aws-error.ts';
import type { JsonObject } from '../../json.ts';
import type { Trace } from '../../trace.ts';
import type { Execution, Workflow, Workflows } from './workflows.ts';

interface Call {
  input: JsonObject;
  /** Throws unless the caller may do this. */
  authorize: (action: string, resource: string) => void;
  flowId: string | undefined;
}

/** The operations of Step Functions on these workflows, by the name that `x-amz-target` has them under. */
export function stepFunctionsOperations(
  { list }: Pick<Workflows, 'list'>,
  trace: Trace,
): Readonly<Record<string, (call: Call) => object>> {
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
      `Execution Does Not Exist: '${arn}'. The local run knows those since it started`,
    );
  };

  return {
    'AWSStepFunctions.ListStateMachines': ({ input, authorize }) => {
      read(input, []);
      authorize('states:ListStateMachines', '*');
      return {
        stateMachines: list.map(({ arn, name, createdAt }) => ({
          stateMachineArn: arn,
          name,
          type: 'STANDARD',
          creationDate: createdAt / 1000,
        })),
      };
    },

    'AWSStepFunctions.StartExecution': ({ input, authorize, flowId }) => {
      const given = read(input, ['stateMachineArn'], ['input', 'name']);
      authorize('states:StartExecution', given.stateMachineArn);
      const workflow = workflowOf(given.stateMachineArn);
      const execution = workflow.start(given.input ?? '{}', flowId ?? trace.newFlow(), given.name);
      return { executionArn: execution.arn, startDate: execution.startedAt / 1000 };
    },

    'AWSStepFunctions.ListExecutions': ({ input, authorize }) => {
      const given = read(input, ['stateMachineArn'], ['statusFilter']);
      authorize('states:ListExecutions', given.stateMachineArn);
      const workflow = workflowOf(given.stateMachineArn);
      const { statusFilter } = given;
      if (statusFilter !== undefined && !statuses.includes(statusFilter)) {
        throw invalid(`statusFilter is ${JSON.stringify(statusFilter)}; allowed are ${statuses.join(', ')}`);
      }
      const executions = workflow
        .executions()
        .filter(({ status }) => statusFilter === undefined || status === statusFilter);
      return { executions: executions.map((execution) => tell(execution, workflow)) };
    },

    'AWSStepFunctions.DescribeExecution': ({ input, authorize }) => {
      const given = read(input, ['executionArn']);
      authorize('states:DescribeExecution', given.executionArn);
      const { execution, workflow } = executionOf(given.executionArn);
      const { input: received, output, error, cause } = execution;
      return { ...tell(execution, workflow), input: received, output, error, cause };
    },
  };
}

/** All that Step Functions knows; an execution here is one of the first three. */
const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

const tell = ({ arn, name, status, startedAt, stoppedAt }: Execution, workflow: Workflow) => ({
  executionArn: arn,
  stateMachineArn: workflow.arn,
  name,
  status,
  startDate: startedAt / 1000,
  ...(stoppedAt !== undefined && { stopDate: stoppedAt / 1000 }),
});

/** The parameters of an operation, which are all text here: those that it needs, and those that it may have. */
function read<Required extends string, Optional extends string = never>(
  input: JsonObject,
  required: readonly Required[],
  optional: readonly Optional[] = [],
): Record<Required, string> & Partial<Record<Optional, string>> {
  const known: readonly string[] = [...required, ...optional];
  for (const [name, value] of Object.entries(input)) {
    if (!known.includes(name)) {
      throw invalid(
        `The local run doesn't know the parameter ${name}. It knows ${known.join(', ') || 'none'}`,
      );
    }
    if (typeof value !== 'string') {
      throw invalid(`The parameter ${name} has to be text; received ${JSON.stringify(value)}`);
    }
  }
  const missing = required.find((name) => !(name in input));
  if (missing !== undefined) throw invalid(`The request must contain the parameter ${missing}`);
  return input as Record<Required, string> & Partial<Record<Optional, string>>;
}

const invalid = (message: string) => new AwsError('ValidationException', message);
