import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import type { JsonObject } from './json.ts';
import { type Call, type Output, readParameters, type ServiceOperations } from './operation.ts';

/** Who calls an operation. */
export interface Caller {
  /** The role that the caller is in; undefined for a developer, who may do everything. */
  roleArn: string | undefined;
  flowId: string | undefined;
  /** The invocation of a function that the call comes from, if any. */
  invocationId?: string | undefined;
}

/**
 * Calls an operation by its `x-amz-target`, `AmazonSQS.SendMessage`.
 *
 * @throws {AwsError} as AWS answers a call that fails
 */
export type Dispatch = (
  target: string,
  input: JsonObject,
  caller: Caller,
  request: Call['request'],
) => Promise<Output>;

/** All operations of all services, behind one door: known ones only, with known parameters, by permission. */
export function createDispatch(services: readonly ServiceOperations[], iam: Iam): Dispatch {
  const operations = new Map(
    services.flatMap((service) =>
      Object.entries(service.operations).map(([name, operation]) => [
        `${service.target}.${name}`,
        {
          ...operation,
          errors: service.errors,
          service: service.action,
          action: operation.action ?? name,
        },
      ]),
    ),
  );
  return async (target, received, { roleArn, flowId }, request) => {
    const operation = operations.get(target);
    if (!operation) {
      throw new AwsError(
        'UnknownOperationException',
        `The local run doesn't know ${target}. It knows ${[...operations.keys()].join(', ')}`,
      );
    }
    return operation.run(readParameters(received, operation.parameters, operation.errors), {
      authorize(resource, action = operation.action) {
        if (roleArn !== undefined) iam.authorizeRole(roleArn, `${operation.service}:${action}`, resource);
      },
      roleArn,
      flowId,
      request,
    });
  };
}
