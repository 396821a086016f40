import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as events from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as servicequotas from '@aws-sdk/client-service-quotas';
import * as stepfunctions from '@aws-sdk/client-sfn';
import * as sqs from '@aws-sdk/client-sqs';
import * as xray from '@aws-sdk/client-xray';
import { type JSONValue, search } from '@jmespath-community/jmespath';
import { NormalizedSchema } from '@smithy/core/schema';
import type { CommandResult } from './serve-commands.ts';

/**
 * A stand-in for the AWS CLI, which no registry of packages for Node has: it turns the arguments of `aws` into calls of the
 * AWS SDK, by the SDK's own description of each operation, and prints what the CLI would print.
 */

interface Client {
  send(command: unknown): Promise<Record<string, unknown>>;
  destroy(): void;
}

const services: Readonly<Record<string, { module: object; client: string }>> = {
  cloudwatch: { module: cloudwatch, client: 'CloudWatchClient' },
  dynamodb: { module: dynamodb, client: 'DynamoDBClient' },
  events: { module: events, client: 'EventBridgeClient' },
  lambda: { module: lambda, client: 'LambdaClient' },
  logs: { module: logs, client: 'CloudWatchLogsClient' },
  'service-quotas': { module: servicequotas, client: 'ServiceQuotasClient' },
  sqs: { module: sqs, client: 'SQSClient' },
  stepfunctions: { module: stepfunctions, client: 'SFNClient' },
  xray: { module: xray, client: 'XRayClient' },
};

/** Options that are the CLI's own, and take a value. */
const ownOptions = ['query', 'output', 'cli-binary-format', 'max-items'];

/** Runs calls of the CLI against an endpoint. */
export function createAwsCli(config: object) {
  const clients = new Map<string, Client>();
  const clientOf = (name: string, { module, client }: { module: object; client: string }): Client => {
    const made = clients.get(name) ?? make<Client>(module, client, config);
    clients.set(name, made);
    return made;
  };

  const run = async (args: readonly string[]): Promise<string> => {
    const [name = '', operation = '', ...rest] = args;
    const service = services[name];
    if (!service) throw new Error(`aws ${name} ${operation}: the stand-in has no client for ${name}`);
    const { options, others } = readOptions(rest);
    const command = make<{ schema: readonly unknown[]; input: object }>(
      service.module,
      `${operation.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Command`,
      {},
    );
    Object.assign(command.input, toInput(command.schema, options));
    const { $metadata: _, ...answer } = await clientOf(name, service).send(command);
    if (others.length > 0) delete answer.Payload;
    return print(answer, options);
  };

  return {
    async run(args: readonly string[]): Promise<CommandResult> {
      try {
        return { status: 0, output: await run(args), error: '' };
      } catch (thrown) {
        const error = thrown as Error;
        const told = `An error occurred (${error.name}) when calling ${args.slice(0, 2).join(' ')}: ${error.message}`;
        return { status: 254, output: '', error: `${told}\n` };
      }
    },
    close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}

function make<T>(module: object, name: string, argument: object): T {
  const found = (module as Record<string, new (argument: object) => T>)[name];
  if (!found) throw new Error(`the AWS SDK has no ${name}`);
  return new found(argument);
}

type Options = ReadonlyMap<string, readonly string[]>;

/** Reads `--name value value`; what is before the first option, or after one that takes no more, is a file. */
function readOptions(args: readonly string[]): { options: Options; others: string[] } {
  const options = new Map<string, string[]>();
  const others: string[] = [];
  let current: string[] = others;
  for (const arg of args) {
    if (arg.startsWith('--')) {
      current = [];
      options.set(arg.slice(2), current);
    }
    // The file that `lambda invoke` writes to comes last.
    else if (arg === '/dev/null') others.push(arg);
    else current.push(arg);
  }
  return { options, others };
}

/** The input of an operation, by the SDK's schema of it. */
function toInput(schema: readonly unknown[], options: Options): Record<string, unknown> {
  const members = [...NormalizedSchema.of(schema[4] as never).structIterator()];
  return Object.fromEntries(
    [...options].flatMap(([option, values]) => {
      if (ownOptions.includes(option)) return [];
      const wanted = option.replaceAll('-', '').toLowerCase();
      const member = members.find(([name]) => name.toLowerCase() === wanted);
      if (!member) throw new Error(`Unknown options: --${option}`);
      return [[member[0], toValue(member[1], values)]];
    }),
  );
}

function toValue(schema: NormalizedSchema, values: readonly string[]): unknown {
  const [first = ''] = values;
  if (schema.isListSchema()) {
    return first.startsWith('[')
      ? JSON.parse(first)
      : values.map((value) => toValue(schema.getValueSchema(), [value]));
  }
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return Number(first);
  if (schema.isTimestampSchema()) return new Date(/^\d+$/.test(first) ? Number(first) * 1_000 : first);
  if (schema.isBlobSchema()) return Buffer.from(first);
  return schema.isStructSchema() || schema.isMapSchema() ? toObject(first) : first;
}

/** JSON, or the CLI's short form: `Name=RuleName,Value=USOrdertoAPI`. */
const toObject = (text: string): unknown =>
  text.startsWith('{')
    ? JSON.parse(text)
    : Object.fromEntries(text.split(',').map((pair) => pair.split(/=(.*)/s).slice(0, 2)));

/** What the CLI prints of an answer: JSON, or lines with tabs for `--output text`. */
function print(answer: Record<string, unknown>, options: Options): string {
  const json = JSON.parse(JSON.stringify(answer, plainer)) as JSONValue;
  const query = options.get('query')?.[0];
  const result = query === undefined ? json : search(json, query);
  if (query === undefined && Object.keys(answer).length === 0) return '';
  const isText = options.get('output')?.[0] === 'text';
  if (isText && Array.isArray(result) && result.length === 0) return '';
  return `${isText ? asText(result) : JSON.stringify(result, null, 4)}\n`;
}

/** Bytes are text, as the CLI writes them. A number of DynamoDB stays one. */
const plainer = (_: string, value: unknown) =>
  value instanceof Uint8Array
    ? Buffer.from(value).toString()
    : typeof value === 'bigint'
      ? Number(value)
      : value;

function asText(value: JSONValue): string {
  if (!Array.isArray(value)) return value === null ? 'None' : String(value);
  const isTable = value.some((item) => Array.isArray(item));
  return value.map(asText).join(isTable ? '\n' : '\t');
}
