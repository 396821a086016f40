import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import type { JsonValue } from '../../json.ts';
import { operation, parameterErrors, type ServiceOperations } from '../../operation.ts';
import type { RetriedWork } from '../../retried-work.ts';
import type { AsynchronousInvocation } from './asynchronous.ts';
import { FunctionError } from './environment.ts';
import type { FunctionConfig } from './function-config.ts';

type Invokable = FunctionConfig & { invoke(payload: unknown, flowId: string): Promise<unknown> };

const FunctionName = { type: 'text', required: true } as const;
/** Nothing here has other versions. */
const Qualifier = { type: 'text', oneOf: ['$LATEST'] } as const;

/** The operations of Lambda on these functions. */
export function lambdaOperations(
  functions: readonly Invokable[],
  asynchronously: RetriedWork<AsynchronousInvocation>,
  { trace, ids }: Pick<Context, 'trace' | 'ids'>,
): ServiceOperations {
  /** By name, ARN, or account and name: `000000000000:function:f`. */
  const functionOf = (named: string): Invokable => {
    const found = functions.find(
      ({ name, arn }) => named === name || named === arn || arn.endsWith(`:${named}`),
    );
    if (found) return found;
    throw new AwsError(
      'ResourceNotFoundException',
      `Function not found: ${named}. The stack has ${functions.map(({ name }) => name).join(', ')}`,
    );
  };

  return {
    target: 'AWSLambda',
    action: 'lambda',
    errors: parameterErrors('InvalidParameterValueException'),
    operations: {
      Invoke: {
        ...operation(
          {
            FunctionName,
            Qualifier,
            InvocationType: { type: 'text', oneOf: ['RequestResponse', 'Event', 'DryRun'] },
            Payload: { type: 'any' },
          },
          async ({ FunctionName, InvocationType = 'RequestResponse', Payload = {} }, call) => {
            const target = functionOf(FunctionName);
            call.authorize(target.arn);
            const flowId = call.flowId ?? trace.newFlow();
            if (InvocationType === 'DryRun') return { StatusCode: 204 };
            if (InvocationType === 'Event') {
              const requestId = ids.uuid();
              asynchronously.begin({ functionArn: target.arn, requestId, payload: Payload }, flowId);
              return { StatusCode: 202 };
            }
            return invoke(target, Payload, flowId);
          },
        ),
        // As the policy's action has it: `lambda:InvokeFunction`.
        action: 'InvokeFunction',
      },

      ListFunctions: operation({}, (_, { authorize }) => {
        authorize('*');
        return { Functions: functions.map(configurationOf) };
      }),

      GetFunction: operation({ FunctionName, Qualifier }, (input, { authorize }) => {
        const target = functionOf(input.FunctionName);
        authorize(target.arn);
        return {
          Configuration: configurationOf(target),
          Code: { RepositoryType: 'local', Location: target.dir },
        };
      }),
    },
  };
}

/** Runs a function for somebody who waits. An error of the function is an answer, too. */
async function invoke(target: Invokable, payload: JsonValue, flowId: string) {
  const answered = { StatusCode: 200, ExecutedVersion: '$LATEST' };
  try {
    return { ...answered, Payload: (await target.invoke(payload, flowId)) as JsonValue };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const { name: errorType, message: errorMessage, trace } = error;
    const Payload = { errorType, errorMessage, ...(trace && { trace: [...trace] }) };
    return { ...answered, FunctionError: 'Unhandled', Payload };
  }
}

const configurationOf = ({
  name,
  arn,
  roleArn,
  handler,
  memoryMb,
  timeoutMs,
  variables,
  logGroup,
}: Invokable) => ({
  FunctionName: name,
  FunctionArn: arn,
  Role: roleArn,
  Handler: handler,
  MemorySize: memoryMb,
  Timeout: timeoutMs / 1_000,
  Version: '$LATEST',
  State: 'Active',
  Environment: { Variables: variables },
  LoggingConfig: { LogGroup: logGroup },
});
