import type { IncomingHttpHeaders } from 'node:http';
import { AccessDeniedError, type Iam } from './iam.ts';
import { isObject, type JsonObject } from './json.ts';
import type { EventBuses } from './services/event-bus/event-bus.ts';
import { compileEventPattern, InvalidEventPatternError } from './services/event-bus/pattern.ts';
import { checkRequest, type PutEventsEntry } from './services/event-bus/put-events.ts';
import type { Functions } from './services/function/functions.ts';
import type { Logs } from './services/logs.ts';
import type { Tables } from './services/table.ts';
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
}

/** An error as the AWS SDKs read it: the name goes in `__type`. */
class AwsError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface Call {
  input: JsonObject;
  /** Throws unless the caller may do this: a function only what its role allows, a developer everything. */
  authorize: (action: string, resource: string) => void;
  flowId: string | undefined;
}

/**
 * The AWS wire protocol (JSON 1.0 and 1.1): what `AWS_ENDPOINT_URL` makes any AWS SDK or the AWS CLI send here.
 *
 * @returns answers a request by its `x-amz-target`, its body whole
 */
export function createAwsProtocol({ iam, trace, buses, tables, functions, logs }: AwsServices) {
  const operations: Readonly<Record<string, (call: Call) => object>> = {
    'AWSEvents.PutEvents': ({ input, authorize, flowId }) => {
      const problem = checkRequest(input.Entries);
      if (problem) throw new AwsError('ValidationException', problem);
      const entries = input.Entries as unknown as PutEventsEntry[];
      return buses.putEvents(entries, (arn) => authorize('events:PutEvents', arn), flowId);
    },

    'AWSEvents.TestEventPattern': ({ input }) => ({ Result: testEventPattern(input) }),

    'Logs_20140328.DescribeLogGroups': () => ({
      logGroups: logs
        .groups()
        .map(({ name, arn }) => ({ logGroupName: name, arn: `${arn}:*`, logGroupArn: arn })),
    }),

    'Logs_20140328.FilterLogEvents': ({ input }) => filterLogEvents(input, logs),
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
      const dynamodb = /^DynamoDB_20120810\.(\w+)$/.exec(target);
      if (dynamodb)
        return await tables.handle(dynamodb[1] ?? '', { headers, body }, call.authorize, call.flowId);
      const operation = Object.hasOwn(operations, target) ? operations[target] : undefined;
      if (!operation) {
        throw new AwsError(
          'UnknownOperationException',
          `The local run doesn't know ${target}. It knows DynamoDB_20120810.*, ${Object.keys(operations).join(', ')}`,
        );
      }
      return respond(200, contentType, operation({ ...call, input: parse(body) }));
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof AccessDeniedError)) throw error;
      return respond(400, contentType, { __type: error.name, message: error.message });
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

function testEventPattern({ EventPattern, Event }: JsonObject): boolean {
  if (typeof EventPattern !== 'string' || typeof Event !== 'string') {
    throw new AwsError('ValidationException', 'EventPattern and Event are required, both as JSON text');
  }
  let event: unknown;
  try {
    event = JSON.parse(Event);
  } catch {
    throw new AwsError('ValidationException', 'Parameter Event is not valid. Reason: it is not JSON');
  }
  // As AWS has it: an event that lacks a field of the envelope isn't one.
  const missing = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'].filter(
    (field) => !isObject(event) || event[field] === undefined,
  );
  if (!isObject(event) || missing.length > 0) {
    throw new AwsError(
      'ValidationException',
      `Parameter Event is not valid. Reason: it lacks ${missing.join(', ')}`,
    );
  }
  try {
    return compileEventPattern(EventPattern)(event);
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    throw new AwsError(
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${error.message}`,
    );
  }
}

function filterLogEvents(input: JsonObject, logs: Logs): object {
  const { logGroupName, logGroupIdentifier, logStreamNames, startTime, endTime, filterPattern, ...others } =
    input;
  const { limit = 10_000, interleaved: _, ...unknown } = others;
  if (filterPattern || Object.keys(unknown).length > 0) {
    throw new AwsError(
      'InvalidParameterException',
      `The local run filters by log stream and time only, received ${JSON.stringify({ filterPattern, ...unknown })}`,
    );
  }
  const name = String(logGroupName ?? logGroupIdentifier);
  const events = logs.events(logs.groupOf(name) ?? name);
  if (!events)
    throw new AwsError('ResourceNotFoundException', `The specified log group does not exist: ${name}`);
  const found = events
    .filter(({ logStreamName }) => !Array.isArray(logStreamNames) || logStreamNames.includes(logStreamName))
    .filter(
      ({ timestamp }) =>
        timestamp >= Number(startTime ?? 0) && timestamp <= Number(endTime ?? Number.POSITIVE_INFINITY),
    )
    .slice(0, Number(limit));
  return {
    events: found.map((event, index) => ({
      ...event,
      eventId: `${event.timestamp}-${index}`,
      ingestionTime: event.timestamp,
    })),
    searchedLogStreams: [],
  };
}
