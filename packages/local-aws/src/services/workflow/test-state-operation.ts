import {
  type JsonValue,
  type TaskResource,
  TestStateError,
  type TestStateHost,
  type TestStateRequest,
  testState,
} from '@orders/states-language';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import type { JsonObject } from '../../json.ts';
import { type Call, type Operation, operation, parameterErrors, readParameters } from '../../operation.ts';
import type { Place } from '../../plan/resource-types.ts';
import { findIntegration } from './integrations.ts';
import { misfitIn } from './result-shape.ts';
import type { Account } from './workflow.ts';

const text = { type: 'text' } as const;
const errors = parameterErrors('ValidationException');

const mockParameters = {
  result: text,
  errorOutput: { type: 'object' },
  fieldValidationMode: { type: 'text', oneOf: ['STRICT', 'PRESENT', 'NONE'] },
} as const;
const errorOutputParameters = { error: text, cause: text } as const;
const configurationParameters = {
  retrierRetryCount: { type: 'integer', min: 0 },
  errorCausedByState: text,
} as const;

/**
 * Runs one state, alone or of a whole definition. A Task without a mock really calls, in the role that is given.
 *
 * AWS has this operation at an address of its own. An SDK needs `disableHostPrefix: true` to find it here.
 */
export function testStateOperation(
  { region, account }: Place,
  { tokens, callResource }: Account,
  { iam, clock, ids, trace }: Context,
): Operation {
  const test = async (request: TestStateRequest, { authorize, flowId = trace.newFlow() }: Call) => {
    authorize('*');
    const name = ids.uuid();
    const stateMachineName = 'TestState';
    const arnOf = (rest: string) => `arn:aws:states:${region}:${account}:${rest}`;
    const stateMachineArn = arnOf(`stateMachine:${stateMachineName}`);
    const { roleArn = '' } = request;
    if (roleArn !== '') {
      iam.authorizeService('states.amazonaws.com', 'sts:AssumeRole', roleArn, stateMachineArn);
    }
    const host: TestStateHost = {
      clock,
      tokens,
      region,
      random: () => ids.random(),
      uuid: () => ids.uuid(),
      callTask: ({ resource, parameters, execution }) =>
        callResource(resource, parameters, {
          executionArn: execution.arn,
          stateMachineArn,
          roleArn,
          flowId,
        }),
      misfitOf,
    };
    const identity = {
      arn: arnOf(`execution:${stateMachineName}:${name}`),
      name,
      stateMachineArn,
      stateMachineName,
    };
    try {
      return await testState(request, identity, host);
    } catch (error) {
      throw error instanceof TestStateError ? new AwsError(error.code, error.message) : error;
    }
  };

  return operation(
    {
      definition: { type: 'text', required: true },
      stateName: text,
      roleArn: text,
      input: text,
      inspectionLevel: { type: 'text', oneOf: ['INFO', 'DEBUG', 'TRACE'] },
      variables: text,
      context: text,
      mock: { type: 'object' },
      stateConfiguration: { type: 'object' },
    },
    ({ mock, stateConfiguration, ...others }, call) =>
      test(
        {
          ...others,
          ...(mock && { mock: readMock(mock) }),
          ...(stateConfiguration && {
            stateConfiguration: readParameters(stateConfiguration, configurationParameters, errors),
          }),
        } as TestStateRequest,
        call,
      ),
  );
}

function readMock(given: JsonObject): JsonObject {
  const { errorOutput, ...others } = readParameters(given, mockParameters, errors);
  if (errorOutput === undefined) return others;
  return {
    ...others,
    errorOutput: readParameters(errorOutput as JsonObject, errorOutputParameters, errors),
  };
}

/** No operation of an integration here has a required field in its answer: `STRICT` and `PRESENT` check the same. */
function misfitOf(resource: TaskResource, result: JsonValue): string | undefined {
  const shape = resource.kind === 'function' ? undefined : findIntegration(resource)?.shape;
  return shape && misfitIn(result, shape, 'result');
}
