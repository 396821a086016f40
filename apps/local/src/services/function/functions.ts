import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Iam } from '../../iam.ts';
import type { Plan, Resource } from '../../plan/read-plan.ts';
import type { StepOf, Trace } from '../../trace.ts';
import type { BindTarget, BusEvent } from '../event-bus/event-bus.ts';
import type { Logs } from '../logs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Queues } from '../queue/queues.ts';
import { Environment } from './environment.ts';
import { failureRecord } from './failure-record.ts';
import { type FunctionConfig, readConfig, readOnFailureQueues } from './function-config.ts';
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
  const onFailureQueues = readOnFailureQueues(plan, queues);
  const root = mkdtempSync(join(tmpdir(), 'orders-functions-'));
  const removeRoot = () => rmSync(root, { recursive: true, force: true });
  const make = (resource: Resource) => {
    const config = readConfig(plan, resource, root);
    const pool = createPool(() => startEnvironment(plan, config, logs));
    iam.authorizeAssume('lambda.amazonaws.com', config.roleArn);
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      iam.authorizeRole(config.roleArn, action, `${config.logGroupArn}:log-stream:${config.name}`);
    }
    const onFailureQueue = onFailureQueues.get(config.name);
    // Lambda, too, refuses a destination right away that the function may not send to.
    if (onFailureQueue) iam.authorizeRole(config.roleArn, 'sqs:SendMessage', onFailureQueue.arn);

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
              { requestId, functionArn: config.arn, event: payload, traceHeader: `Root=${flowId};Sampled=0` },
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
              sendToOnFailureQueue(record, onFailureQueue, step),
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
function sendToOnFailureQueue(record: object, queue: Queue | undefined, step: StepOf<'invocation'>): string {
  if (!queue) return '';
  try {
    queue.send(JSON.stringify(record));
    step.failureQueue = queue.name;
    return `. The event is in the queue ${queue.name}`;
  } catch (error) {
    return `. The event is lost: the queue ${queue.name} did not take it: ${String(error)}`;
  }
}

function startEnvironment(plan: Plan, config: FunctionConfig, logs: Logs): Environment {
  const { region, endpoint } = plan.place;
  const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
  return new Environment({
    memoryMb: config.memoryMb,
    dir: config.dir,
    // Lambda gives it 10 s. A laptop that is busy with something else is no fault of the function.
    loadTimeoutMs: 30_000,
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
