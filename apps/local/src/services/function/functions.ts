import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { unzipSync } from 'fflate';
import type { Iam } from '../../iam.ts';
import { isObject, type JsonValue } from '../../json.ts';
import { block, type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { StepOf, Trace } from '../../trace.ts';
import type { BindTarget, BusEvent } from '../event-bus/event-bus.ts';
import type { Logs } from '../logs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Queues } from '../queue/queues.ts';
import { Environment } from './environment.ts';
import { failureRecord } from './failure-record.ts';
import { createPool } from './pool.ts';

export interface Functions {
  /** The function with this ARN or invoke ARN. */
  find(arn: string): InvokableFunction | undefined;
  /** A target that invokes the function with this ARN, and doesn't wait for it. */
  target: BindTarget;
  /** The role behind an access key that was given to a function, or undefined for anybody else's key. */
  roleOfAccessKey(accessKeyId: string): string | undefined;
  /** Ends all processes and removes the unpacked code. */
  close(): void;
}

export interface InvokableFunction {
  name: string;
  /** The name of the log group that it writes to. */
  logGroup: string;
  /**
   * Runs the handler, for a flow.
   *
   * @throws {FunctionError} when the handler throws, its process ends or its time is up
   */
  invoke(payload: unknown, flowId: string): Promise<unknown>;
}

export interface FunctionsOptions {
  iam: Iam;
  trace: Trace;
  logs: Logs;
  queues: Queues;
  /** Told of an invocation that failed and that nobody waits for. */
  onFailure: (message: string) => void;
}

/** The Lambda functions of the stack, each run from its zip in processes of its own. */
export function createFunctions(
  plan: Plan,
  { iam, trace, logs, queues, onFailure }: FunctionsOptions,
): Functions {
  const failureQueues = readFailureQueues(plan, queues);
  const root = mkdtempSync(join(tmpdir(), 'orders-functions-'));
  const removeRoot = () => rmSync(root, { recursive: true, force: true });
  const make = (resource: Resource) => {
    const config = readConfig(plan, resource, root);
    const pool = createPool(() => startEnvironment(plan, config, logs));
    iam.authorizeAssume('lambda.amazonaws.com', config.roleArn);
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      iam.authorizeRole(config.roleArn, action, `${config.logGroupArn}:log-stream:${config.name}`);
    }
    const failures = failureQueues.get(config.name);
    // Lambda, too, refuses a destination right away that the function may not send to.
    if (failures) iam.authorizeRole(config.roleArn, 'sqs:SendMessage', failures.arn);

    const begin = (payload: unknown, flowId: string) => {
      const requestId = randomUUID();
      const step = trace.add<StepOf<'invocation'>>(flowId, {
        kind: 'invocation',
        function: config.name,
        status: 'running',
      });
      const run = async () => {
        try {
          const result = await pool.run((environment) =>
            environment.invoke(
              { requestId, event: payload, traceHeader: `Root=${flowId};Sampled=0` },
              config.timeoutMs,
            ),
          );
          step.status = 'succeeded';
          return result;
        } catch (error) {
          step.status = 'failed';
          step.error = String(error);
          throw error;
        }
      };
      return { requestId, step, result: run() };
    };
    const invoke = (payload: unknown, flowId: string) =>
      trace.during(flowId, () => begin(payload, flowId).result);
    const invokeAsynchronously = (event: BusEvent, flowId: string) =>
      trace.during(flowId, async () => {
        const { requestId, step, result } = begin(event, flowId);
        try {
          await result;
        } catch (error) {
          const record = failureRecord({ functionArn: config.arn, requestId, payload: event, error });
          onFailure(
            `The function ${config.name} failed for the event ${event.id}. ${step.error}` +
              keep(record, failures, step),
          );
        }
      });
    return { ...config, pool, invoke, invokeAsynchronously };
  };
  let functions: ReturnType<typeof make>[];
  try {
    functions = plan.resources('aws_lambda_function').map(make);
  } catch (error) {
    removeRoot();
    throw error;
  }

  return {
    find: (arn) => functions.find((candidate) => candidate.arn === arn || candidate.invokeArn === arn),
    target(arn, rule) {
      const target = functions.find((candidate) => candidate.arn === arn);
      if (!target) return undefined;
      return {
        description: `function ${target.name}`,
        async deliver(event, flowId) {
          iam.authorizeInvoke('events.amazonaws.com', target.name, rule.arn);
          void target.invokeAsynchronously(event, flowId);
        },
      };
    },
    roleOfAccessKey: (accessKeyId) =>
      functions.find((candidate) => candidate.accessKeyId === accessKeyId)?.roleArn,
    close() {
      for (const { pool } of functions) pool.close();
      removeRoot();
    },
  };
}

/** Sends the record of an invocation that failed to the queue for it, and says what became of it there. */
function keep(record: object, queue: Queue | undefined, step: StepOf<'invocation'>): string {
  if (!queue) return '';
  try {
    queue.send(JSON.stringify(record));
    step.failureQueue = queue.name;
    return `. The event is in the queue ${queue.name}`;
  } catch (error) {
    return `. The event is lost: the queue ${queue.name} did not take it: ${String(error)}`;
  }
}

/** The queues that get the asynchronous invocations that failed, by the function's name. */
function readFailureQueues(plan: Plan, queues: Queues): Map<string, Queue> {
  const functions = plan.resources('aws_lambda_function').map((resource) => text(resource, 'function_name'));
  const found = new Map<string, Queue>();
  for (const config of plan.resources('aws_lambda_function_event_invoke_config')) {
    const name = text(config, 'function_name');
    if (!functions.includes(name)) {
      throw new UnsupportedError(
        `${config.address}: the stack has no function ${name}, only ${functions.join(', ')}`,
      );
    }
    const { on_failure: onFailure } = block(config, 'destination_config', ['on_failure']);
    if (onFailure === undefined) continue;
    const destination = isObject(onFailure) ? String(onFailure.destination) : '';
    const queue = queues.find(destination);
    if (!queue) {
      throw new UnsupportedError(
        `${config.address}: the local run knows queues of the stack as destinations, received ${JSON.stringify(onFailure)}`,
      );
    }
    found.set(name, queue);
  }
  return found;
}

interface FunctionConfig {
  name: string;
  arn: string;
  invokeArn: string;
  roleArn: string;
  /** Tells the function's calls from those of others, as the keys of a role's session do. */
  accessKeyId: string;
  handler: string;
  memoryMb: number;
  timeoutMs: number;
  variables: Record<string, string>;
  logGroup: string;
  logGroupArn: string;
  logFormat: string;
  dir: string;
}

function readConfig(plan: Plan, resource: Resource, root: string): FunctionConfig {
  const { address, attributes } = resource;
  const name = text(resource, 'function_name');
  const runtime = text(resource, 'runtime');
  if (!/^nodejs\d+\.x$/.test(runtime)) {
    throw new UnsupportedError(`${address}: the local run knows the runtimes nodejs….x, received ${runtime}`);
  }
  const logging = block(resource, 'logging_config', ['log_format', 'log_group']);
  const logGroup = String(logging.log_group ?? `/aws/lambda/${name}`);
  const group = plan
    .resources('aws_cloudwatch_log_group')
    .find((candidate) => text(candidate, 'name') === logGroup);
  if (!group) throw new UnsupportedError(`${address}: its log group ${logGroup} isn't in the stack`);
  const { variables = {} } = block(resource, 'environment', ['variables']);

  return {
    name,
    arn: text(resource, 'arn'),
    invokeArn: text(resource, 'invoke_arn'),
    roleArn: text(resource, 'role'),
    accessKeyId: `ASIA${randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()}`,
    handler: text(resource, 'handler'),
    memoryMb: numberOr(attributes.memory_size, 128),
    timeoutMs: numberOr(attributes.timeout, 3) * 1000,
    variables: Object.fromEntries(
      Object.entries(isObject(variables) ? variables : {}).map(([key, value]) => [key, String(value)]),
    ),
    logGroup,
    logGroupArn: text(group, 'arn'),
    logFormat: String(logging.log_format ?? 'Text'),
    dir: unpack(resolve(plan.dir, text(resource, 'filename')), join(root, name)),
  };
}

const numberOr = (value: JsonValue | undefined, otherwise: number) =>
  typeof value === 'number' ? value : otherwise;

function unpack(zipFile: string, dir: string): string {
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zipFile)))) {
    const file = resolve(dir, name);
    if (!file.startsWith(dir + sep))
      throw new Error(`${zipFile}: the entry ${name} would leave the function's folder`);
    mkdirSync(dirname(file), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(file, bytes);
  }
  return dir;
}

function startEnvironment(plan: Plan, config: FunctionConfig, logs: Logs): Environment {
  const { region, endpoint } = plan.place;
  const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
  return new Environment({
    memoryMb: config.memoryMb,
    dir: config.dir,
    loadTimeoutMs: 10_000,
    onLine: (line) => logs.append(config.logGroup, logStream, line),
    // Lambda's own, the stack's, and nothing of the developer's: what works here has to work there.
    variables: {
      ...config.variables,
      _HANDLER: config.handler,
      LAMBDA_TASK_ROOT: config.dir,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: config.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_FUNCTION_NAME: config.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: logStream,
      AWS_LAMBDA_LOG_FORMAT: config.logFormat,
      TZ: ':UTC',
      // Left out, the SDK would look for them in the developer's home.
      AWS_CONFIG_FILE: join(config.dir, 'no-aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(config.dir, 'no-aws-credentials'),
    },
  });
}
