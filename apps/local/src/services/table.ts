import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import dynalite from 'dynalite';
import { AwsError } from '../aws-error.ts';
import { isObject, type JsonObject } from '../json.ts';
import { type Plan, type Resource, text } from '../plan/read-plan.ts';
import type { Trace } from '../trace.ts';

/** An HTTP request or response, whole. */
export interface WireMessage {
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Tables {
  /**
   * Serves a request of DynamoDB's protocol, its body whole.
   *
   * @param authorize called with the action and the ARN of each table that the request names; throws
   * @param flowId the flow that a write belongs to, if any
   */
  handle(
    operation: string,
    request: WireMessage,
    authorize: (action: string, tableArn: string) => void,
    flowId: string | undefined,
  ): Promise<WireMessage & { status: number }>;
  close(): Promise<void>;
}

/** The DynamoDB tables of the stack, in memory. */
export async function createTables(plan: Plan, trace: Trace): Promise<Tables> {
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const tables = plan.resources('aws_dynamodb_table');
  const arnOf = (name: string) =>
    tables.find((table) => text(table, 'name') === name)?.attributes.arn ??
    `arn:aws:dynamodb:${plan.place.region}:${plan.place.account}:table/${name}`;

  /** Hands dynalite a request without a connection: it kills the process when one breaks off (dynalite #183). */
  const send = (request: WireMessage) =>
    new Promise<WireMessage & { status: number }>((resolve) => {
      const response = new FakeResponse((status, headers, body) => resolve({ status, headers, body }));
      const stream = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: request.headers,
      });
      server.emit('request', stream, response);
      stream.emit('data', request.body);
      // It reads the body in here, so what it can't read is thrown to us, and not out of the process.
      stream.emit('end');
    });

  for (const table of tables) {
    const { status, body } = await send(tableRequest('CreateTable', createTableInput(table)));
    if (status !== 200) throw new Error(`${table.address}: ${body.toString()}`);
    // It answers while the table is still CREATING, and until it is ACTIVE nobody finds it.
    const describe = tableRequest('DescribeTable', { TableName: text(table, 'name') });
    while (!(await send(describe)).body.includes('"TableStatus":"ACTIVE"')) await setImmediate();
  }

  return {
    async handle(operation, request, authorize, flowId) {
      if (!operations.has(operation)) {
        const known = [...operations].join(', ');
        throw new AwsError(
          'UnknownOperationException',
          `The local run doesn't know ${operation}. It knows ${known}`,
        );
      }
      const input = parse(request.body);
      if (input === undefined) return refuse(request, 'The body has to be a JSON object');
      const names = tableNames(input);
      for (const arn of names.length > 0 ? names.map(arnOf) : ['*'])
        authorize(`dynamodb:${operation}`, String(arn));
      const response = await send(request).catch((error: unknown) =>
        refuse(request, `The request can't be read: ${error instanceof Error ? error.message : error}`),
      );
      if (response.status === 200 && flowId !== undefined && writes.has(operation)) {
        trace.add(flowId, {
          kind: 'write',
          table: names.join(', '),
          operation,
          item: plain(input.Item ?? input.Key) ?? input.RequestItems,
        });
      }
      return response;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const writes: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);
const reads = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'DescribeTable', 'ListTables'];
/** The others are the stack's to do, or not dynalite's: it falls over some of them. */
const operations: ReadonlySet<string> = new Set([...writes, ...reads]);

/** The little of an HTTP response that dynalite writes to. */
class FakeResponse {
  statusCode = 200;
  contentType = '';
  readonly #headers: Record<string, string> = {};
  readonly #end: (status: number, headers: Record<string, string>, body: Buffer) => void;

  constructor(end: (status: number, headers: Record<string, string>, body: Buffer) => void) {
    this.#end = end;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(body: string | Buffer = ''): void {
    this.#end(this.statusCode, this.#headers, Buffer.from(body));
  }
}

function createTableInput(table: Resource): object {
  const { hash_key: hash, range_key: range, attribute } = table.attributes;
  const keys = [
    { AttributeName: hash, KeyType: 'HASH' },
    ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : []),
  ];
  const attributes = (Array.isArray(attribute) ? attribute : [attribute]).filter(
    (item) => item !== undefined,
  );
  return {
    TableName: text(table, 'name'),
    KeySchema: keys,
    AttributeDefinitions: attributes
      .filter(isObject)
      .map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    BillingMode: 'PAY_PER_REQUEST',
  };
}

/** A request of our own, signed as far as dynalite looks. */
const tableRequest = (operation: string, input: object): WireMessage => ({
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local`,
  },
  body: Buffer.from(JSON.stringify(input)),
});

function parse(body: Buffer): JsonObject | undefined {
  try {
    const input: unknown = JSON.parse(body.toString());
    return isObject(input) ? input : undefined;
  } catch {
    return undefined;
  }
}

/** DynamoDB's answer to what isn't a request of its; dynalite falls over a body of `null`, and nulls in it. */
function refuse({ headers }: WireMessage, message: string): WireMessage & { status: number } {
  const output = { __type: 'com.amazon.coral.service#SerializationException', message };
  return {
    status: 400,
    headers: { 'content-type': headers['content-type'] },
    body: Buffer.from(JSON.stringify(output)),
  };
}

function tableNames(input: JsonObject): string[] {
  if (typeof input.TableName === 'string') return [input.TableName];
  return isObject(input.RequestItems) ? Object.keys(input.RequestItems) : [];
}

/** DynamoDB's typed values as plain ones, for reading: `{ S: 'a' }` is `'a'`. */
const plain = (item: unknown): unknown =>
  isObject(item)
    ? Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]))
    : item;

function plainValue(value: unknown): unknown {
  const [type, content] = isObject(value) ? (Object.entries(value)[0] ?? []) : [];
  if (type === 'N') return Number(content);
  if (type === 'NULL') return null;
  if (type === 'M') return plain(content);
  if (type === 'L' && Array.isArray(content)) return content.map(plainValue);
  if (type === 'NS' && Array.isArray(content)) return content.map(Number);
  return content;
}
