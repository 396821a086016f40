import type { TestStateOutput } from '@aws-sdk/client-sfn';
import type { LocalAws } from '@orders/local-aws';

/** How one state of a workflow is tested. Values are sent as JSON. */
export interface StateTest {
  /** The workflow; the only one of the stack if left out. */
  workflow?: string;
  /** The input of the state; `{}` if left out. */
  input?: unknown;
  /** What its call gives, in place of a call; for a Map or Parallel state, a list. */
  result?: unknown;
  /** The error that its call fails with, in place of a call: `Lambda.TooManyRequestsException`. */
  error?: string;
  cause?: string;
  /** How many attempts were already granted for that error; 0 if left out. */
  retries?: number;
  /** The variables that are set, by name. */
  variables?: Record<string, unknown>;
}

/** What became of a tested state, and what would follow. */
export interface StateOutcome {
  status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  /** The output of the state, or what a catcher hands on. */
  output?: unknown;
  /** The state that comes next, or that an error is caught by. */
  nextState?: string;
  error?: string;
  cause?: string;
  /** The pause before the next attempt of an error that is retried. */
  retrySeconds?: number;
}

/** Tests one state of a workflow of the stack as `TestState` does, without calling anything that has a mock. */
export async function testState(
  { endpoint, region }: Pick<LocalAws, 'endpoint' | 'region'>,
  stateName: string,
  { workflow, input = {}, result, error, cause, retries, variables }: StateTest,
): Promise<StateOutcome> {
  const { SFNClient, ListStateMachinesCommand, DescribeStateMachineCommand, TestStateCommand } = await import(
    '@aws-sdk/client-sfn'
  );
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  // On AWS, TestState has an address of its own.
  const client = new SFNClient({ endpoint, region, credentials, disableHostPrefix: true });
  try {
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    const found = stateMachines.filter(({ name }) => workflow === undefined || name === workflow);
    if (found.length !== 1) {
      const names = stateMachines.map(({ name }) => name).join(', ');
      throw new Error(`Name the workflow of ${stateName}: received ${workflow}; the stack has ${names}`);
    }
    const { definition, roleArn } = await client.send(
      new DescribeStateMachineCommand({ stateMachineArn: found[0]?.stateMachineArn }),
    );
    const outcome = await client.send(
      new TestStateCommand({
        definition,
        roleArn,
        stateName,
        input: JSON.stringify(input),
        inspectionLevel: 'DEBUG',
        ...(result !== undefined && { mock: { result: JSON.stringify(result) } }),
        ...(error !== undefined && { mock: { errorOutput: { error, cause } } }),
        ...(retries !== undefined && { stateConfiguration: { retrierRetryCount: retries } }),
        ...(variables && { variables: JSON.stringify(variables) }),
      }),
    );
    return outcomeOf(outcome);
  } finally {
    client.destroy();
  }
}

function outcomeOf({
  status,
  output,
  nextState,
  error,
  cause,
  inspectionData,
}: TestStateOutput): StateOutcome {
  const pause = inspectionData?.errorDetails?.retryBackoffIntervalSeconds;
  return {
    status: status ?? 'FAILED',
    ...(output !== undefined && { output: JSON.parse(output) as unknown }),
    ...(nextState !== undefined && { nextState }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...(pause !== undefined && { retrySeconds: pause }),
  };
}
