import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import type { JsonValue } from '../../json.ts';
import { operation, parameterErrors, type ServiceOperations } from '../../operation.ts';
import { serviceLimits } from '../../service-limits.ts';
import type { AsynchronousInvocations } from './asynchronous.ts';
import type { Concurrency } from './concurrency.ts';
import { concurrencyOperations, reservedOf } from './concurrency-operations.ts';
import { findFunctionIn, latest } from './find-function.ts';
import type { FunctionConfig } from './function-config.ts';
import { FunctionError } from './function-error.ts';

type Invokable = FunctionConfig & { invoke(payload: unknown, flowId: string): Promise<unknown> };

const FunctionName = { type: 'text', required: true } as const;
const Qualifier = { type: 'text', oneOf: [latest] } as const;

export const invokeParameters = {
  FunctionName,
  Qualifier,
  InvocationType: { type: 'text', oneOf: ['RequestResponse', 'Event', 'DryRun'] },
  Payload: { type: 'any', nullable: true },
} as const;

/** The operations of Lambda on these functions. */
export function lambdaOperations(
  functions: readonly Invokable[],
  asynchronously: Pick<AsynchronousInvocations, 'begin'>,
  concurrency: Concurrency,
  { trace, ids }: Pick<Context, 'trace' | 'ids'>,
): ServiceOperations {
  const functionOf = findFunctionIn(functions);

  return {
    target: 'AWSLambda',
    action: 'lambda',
    errors: parameterErrors('InvalidParameterValueException'),
    operations: {
      Invoke: {
        ...operation(
          invokeParameters,
          async ({ FunctionName, Qualifier, InvocationType = 'RequestResponse', Payload = {} }, call) => {
            const { target, asNamed } = functionOf(FunctionName, Qualifier);
            call.authorize(asNamed);
            const flowId = call.flowId ?? trace.newFlow();
            checkPayload(Payload, InvocationType);
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
        const { target, asNamed } = functionOf(input.FunctionName, input.Qualifier);
        authorize(asNamed);
        return {
          Configuration: configurationOf(target),
          Code: { RepositoryType: 'local', Location: target.unpack() },
          ...(concurrency.reservedFor(target.name) !== undefined && {
            Concurrency: reservedOf(concurrency, target.name),
          }),
        };
      }),

      ...concurrencyOperations(functions, functionOf, concurrency),
    },
  };
}

/** Runs a function for somebody who waits. An error of the function is an answer, too. */
async function invoke(target: Invokable, payload: JsonValue, flowId: string) {
  const answered = { StatusCode: 200, ExecutedVersion: latest };
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
  runtime,
  memoryMb,
  timeoutMs,
  variables,
  logGroup,
  codeSha256,
  codeSize,
}: Invokable) => ({
  FunctionName: name,
  FunctionArn: arn,
  Role: roleArn,
  Runtime: runtime,
  Handler: handler,
  MemorySize: memoryMb,
  Timeout: timeoutMs / 1_000,
  CodeSha256: codeSha256,
  CodeSize: codeSize,
  Version: latest,
  State: 'Active',
  Environment: { Variables: variables },
  LoggingConfig: { LogGroup: logGroup },
});

function checkPayload(payload: JsonValue, invocationType: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  const { asynchronousPayloadBytes, synchronousPayloadBytes } = serviceLimits;
  const most = invocationType === 'Event' ? asynchronousPayloadBytes : synchronousPayloadBytes;
  if (bytes <= most) return;
  throw new AwsError(
    'RequestTooLargeException',
    `${bytes} byte payload is too large for the ${invocationType} invocation type (limit ${most} bytes)`,
  );
}
