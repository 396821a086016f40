import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import { isObject, type JsonObject } from './json.ts';
import type { EventBuses } from './services/event-bus/event-bus.ts';
import { testEventPattern } from './services/event-bus/test-event-pattern.ts';
import type { Functions } from './services/function/functions.ts';
import { describeLogGroups, filterLogEvents, type Logs } from './services/logs.ts';
import type { Queues } from './services/queue/queues.ts';
import { sqsOperations } from './services/queue/sqs-operations.ts';
import type { Tables } from './services/table.ts';
import { stepFunctionsOperations } from './services/workflow/step-functions-operations.ts';
import type { Workflows } from './services/workflow/workflows.ts';
import type { Trace } from './trace.ts';

export interface AwsResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface AwsServices {
  iam: Iam;
  trace: Trace;
  buses: EventBuses;
  tables: Tables;
  functions: Functions;
  logs: Logs;
  queues: Queues;
  workflows: Pick<Workflows, 'list'>;
}

interface Call {
  input: JsonObject;
  /** Throws unless the caller may do this: a function only what its role allows, a developer everything. */
  authorize: (action: string, resource: string) => void;
  flowId: string | undefined;
}

/** What the targets of DynamoDB's protocol begin with. */
const dynamoDb = 'DynamoDB_20120810.';

/**
 * The AWS wire protocol (JSON 1.0 and 1.1): what `AWS_ENDPOINT_URL` makes any AWS SDK or the AWS CLI send here.
 *
 * @returns answers a request by its `x-amz-target`, its body whole
 */
export function createAwsProtocol(services: AwsServices) {
  const { iam, trace, buses, tables, functions, logs, queues, workflows } = services;
  const operations: Readonly<Record<string, (call: Call) => object | Promise<object>>> = {
    'AWSEvents.PutEvents': ({ input, authorize, flowId }) =>
      buses.putEvents(input.Entries, (arn) => authorize('events:PutEvents', arn), flowId),

    'AWSEvents.TestEventPattern': ({ input, authorize }) => {
      authorize('events:TestEventPattern', '*');
      return { Result: testEventPattern(input) };
    },

    'Logs_20140328.DescribeLogGroups': ({ authorize }) => {
      authorize('logs:DescribeLogGroups', '*');
      return describeLogGroups(logs);
    },

    'Logs_20140328.FilterLogEvents': ({ input, authorize }) =>
      filterLogEvents(logs, input, (arn) => authorize('logs:FilterLogEvents', `${arn}:*`)),

    ...sqsOperations(queues.list),
    ...stepFunctionsOperations(workflows, trace),
  };

  return async function answer(
    target: string,
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): Promise<AwsResponse> {
    const roleArn = functions.roleOfAccessKey(
      /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '',
    );
    const call = {
      authorize: (action: string, resource: string) => {
        if (roleArn !== undefined) iam.authorizeRole(roleArn, action, resource);
      },
      flowId: trace.flowOf(headers['x-amzn-trace-id']?.toString()),
    };
    const contentType = String(headers['content-type'] ?? 'application/x-amz-json-1.1');
    try {
      if (target.startsWith(dynamoDb)) {
        const name = target.slice(dynamoDb.length);
        return await tables.handle(name, { headers, body }, call.authorize, call.flowId);
      }
      const operation = Object.hasOwn(operations, target) ? operations[target] : undefined;
      if (!operation) {
        throw new AwsError(
          'UnknownOperationException',
          `The local run doesn't know ${target}. It knows ${dynamoDb}*, ${Object.keys(operations).join(', ')}`,
        );
      }
      return respond(200, contentType, await operation({ ...call, input: parse(body) }));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const response = respond(400, contentType, { __type: error.name, message: error.message });
      if (error.queryCode === undefined) return response;
      return {
        ...response,
        headers: { ...response.headers, 'x-amzn-query-error': `${error.queryCode};Sender` },
      };
    }
  };
}

function respond(status: number, contentType: string, output: object): AwsResponse {
  return { status, headers: { 'content-type': contentType }, body: Buffer.from(JSON.stringify(output)) };
}

function parse(body: Buffer): JsonObject {
  try {
    const input: unknown = JSON.parse(body.toString() || '{}');
    if (isObject(input)) return input;
  } catch {
    // Said below, as for everything that isn't an object.
  }
  throw new AwsError('SerializationException', 'The body has to be a JSON object');
}
