import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context, Service } from '../../context.ts';
import type { Plan, Resource } from '../../plan/read-plan.ts';
import type { BindTarget, BusEvent } from '../../target.ts';
import type { Logs } from '../logs.ts';
import type { Queue } from '../queue/queue.ts';
import type { Queues } from '../queue/queues.ts';
import { Environment } from './environment.ts';
import { failureRecord } from './failure-record.ts';
import { type FunctionConfig, readConfig, readOnFailureQueues } from './function-config.ts';
import { createPool } from './pool.ts';

export interface Functions extends Service {
  readonly target: BindTarget;
  close(): void;
  /** The function with this ARN or invoke ARN. */
  find(arn: string): InvokableFunction | undefined;
}

export interface InvokableFunction {
  name: string;
  arn: string;
  /** The name of the log group that it writes to. */
  logGroup: string;
  /**
   * Runs the handler, for a flow.
   *
   * @throws {FunctionError} when the handler throws, its process ends or its time is up
   */
  invoke(payload: unknown, flowId: string): Promise<unknown>;
}

/** The Lambda functions of the stack, each run from its zip in processes of its own. */
export function createFunctions(
  plan: Plan,
  context: Context,
  { logs, queues }: { logs: Logs; queues: Queues },
): Functions {
  const { iam, trace, ids, onFailure } = context;
  const onFailureQueues = readOnFailureQueues(plan, queues);
  const root = mkdtempSync(join(tmpdir(), 'orders-functions-'));
  const removeRoot = () => rmSync(root, { recursive: true, force: true });
  const make = (resource: Resource) => {
    const config = readConfig(plan, resource, root);
    iam.authorizeService(lambda, 'sts:AssumeRole', config.roleArn, config.arn);
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      iam.authorizeRole(config.roleArn, action, `${config.logGroupArn}:log-stream:${config.name}`);
    }
    const onFailureQueue = onFailureQueues.get(config.name);
    // Lambda, too, refuses a destination right away that the function may not send to.
    if (onFailureQueue) iam.authorizeRole(config.roleArn, 'sqs:SendMessage', onFailureQueue.arn);
    const accessKeyId = iam.openSession(config.roleArn);
    const pool = createPool(() => startEnvironment(plan, config, accessKeyId, context, logs));

    const run = (requestId: string, payload: unknown, flowId: string) =>
      pool.run((environment) =>
        environment.invoke(
          { requestId, functionArn: config.arn, event: payload, traceHeader: `Root=${flowId};Sampled=0` },
          config.timeoutMs,
        ),
      );
    const begin = (flowId: string) => trace.begin(flowId, { kind: 'invocation', function: config.name });

    const invoke = async (payload: unknown, flowId: string) => {
      const span = begin(flowId);
      try {
        const result = await run(ids.uuid(), payload, flowId);
        span.end();
        return result;
      } catch (error) {
        span.fail(String(error));
        throw error;
      }
    };
    const invokeAsynchronously = async (event: BusEvent, flowId: string) => {
      const span = begin(flowId);
      const requestId = ids.uuid();
      try {
        await run(requestId, event, flowId);
        span.end();
      } catch (error) {
        const failed = { functionArn: config.arn, requestId, payload: event, error, at: context.clock.now() };
        const sent = sendToOnFailureQueue(failureRecord(failed), onFailureQueue);
        span.fail(String(error), sent.queue === undefined ? {} : { queue: sent.queue });
        onFailure(
          `The function ${config.name} failed for the event ${event.id}. ${String(error)}${sent.told}`,
        );
      }
    };
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
    /** Invokes a function, and doesn't wait for it. */
    target(arn, { ruleArn }) {
      const target = functions.find((candidate) => candidate.arn === arn);
      if (!target) return undefined;
      return {
        description: `function ${target.name}`,
        async deliver(event, flowId) {
          iam.authorizeService('events.amazonaws.com', 'lambda:InvokeFunction', arn, ruleArn);
          void target.invokeAsynchronously(event, flowId);
        },
      };
    },
    /** Ends all processes and removes the unpacked code. */
    close() {
      for (const { pool } of functions) pool.close();
      removeRoot();
    },
  };
}

const lambda = 'lambda.amazonaws.com';

/** Sends the record of a failed invocation to its queue. `told` ends the sentence about the failure. */
function sendToOnFailureQueue(record: object, queue: Queue | undefined): { queue?: string; told: string } {
  if (!queue) return { told: '' };
  try {
    queue.send(JSON.stringify(record));
    return { queue: queue.name, told: `. The event is in the queue ${queue.name}` };
  } catch (error) {
    return { told: `. The event is lost: the queue ${queue.name} did not take it: ${String(error)}` };
  }
}

function startEnvironment(
  plan: Plan,
  config: FunctionConfig,
  accessKeyId: string,
  { clock, ids }: Context,
  logs: Logs,
): Environment {
  const { region, endpoint } = plan.place;
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  const logStream = `${day}/[$LATEST]${ids.hex(16)}`;
  return new Environment({
    memoryMb: config.memoryMb,
    dir: config.dir,
    // Lambda gives it 10 s. A laptop that is busy with something else isn't the function's fault.
    loadTimeoutMs: 30_000,
    clock,
    onLine: (line) => logs.append(config.logGroup, logStream, line),
    // Lambda's own, the stack's, and nothing of the developer's: what works here has to work there.
    variables: {
      ...config.variables,
      _HANDLER: config.handler,
      LAMBDA_TASK_ROOT: config.dir,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
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
