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
import type { BindTarget } from '../event-bus/event-bus.ts';
import type { Logs } from '../logs.ts';
import { Environment } from './environment.ts';
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
  /** Told of an invocation that failed and that nobody waits for. */
  onFailure: (message: string) => void;
}

/** The Lambda functions of the stack, each run from its zip in processes of its own. */
export function createFunctions(plan: Plan, { iam, trace, logs, onFailure }: FunctionsOptions): Functions {
  const root = mkdtempSync(join(tmpdir(), 'orders-functions-'));
  const removeRoot = () => rmSync(root, { recursive: true, force: true });
  const make = (resource: Resource) => {
    const config = readConfig(plan, resource, root);
    const pool = createPool(() => startEnvironment(plan, config, logs));
    iam.authorizeAssume('lambda.amazonaws.com', config.roleArn);
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      iam.authorizeRole(config.roleArn, action, `${config.logGroupArn}:log-stream:${config.name}`);
    }

    const invoke = (payload: unknown, flowId: string) =>
      trace.during(flowId, async () => {
        const step = trace.add<StepOf<'invocation'>>(flowId, {
          kind: 'invocation',
          function: config.name,
          status: 'running',
        });
        try {
          const result = await pool.run((environment) =>
            environment.invoke(
              { requestId: randomUUID(), event: payload, traceHeader: `Root=${flowId};Sampled=0` },
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
      });
    return { ...config, pool, invoke };
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
          void target.invoke(event, flowId).catch((error: unknown) => {
            onFailure(`The function ${target.name} failed for the event ${event.id}. ${String(error)}`);
          });
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
