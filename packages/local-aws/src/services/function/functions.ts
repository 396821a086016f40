import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { AwsError } from '../../aws-error.ts';
import { invocationOf } from '../../caller.ts';
import type { Context, Service } from '../../context.ts';
import { failureOf } from '../../failure-of.ts';
import type { JsonValue } from '../../json.ts';
import { type Plan, type Resource, text } from '../../plan/read-plan.ts';
import type { BindTarget } from '../../target.ts';
import { shownOf } from '../../trace-entry.ts';
import type { Logs } from '../logs/logs.ts';
import type { Queues } from '../queue/queues.ts';
import { createAsynchronousInvocations, placeOf, type Run } from './asynchronous.ts';
import { makeCodeFolder, removeAbandonedFolders } from './code-folder.ts';
import { createConcurrency } from './concurrency.ts';
import { Environment } from './environment.ts';
import {
  type FunctionConfig,
  readAsynchronousConfigs,
  readConfig,
  sha256,
  zipOf,
} from './function-config.ts';
import { lambdaOperations } from './lambda-operations.ts';
import { createPool, type Pool } from './pool.ts';
import { createProcessGuard, type ProcessGuard } from './process-guard.ts';

export interface Functions extends Service {
  readonly target: BindTarget;
  close(): Promise<void>;
  /** Runs each function from the code that another plan has for it. What it is running ends in the old code. */
  updateCode(after: Plan): void;
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

/** The code of a function, and the processes that run it. */
interface Code extends FunctionConfig {
  pool: Pool;
}

const resourceOf = (plan: Plan, name: string): Resource => {
  const found = plan.resources('aws_lambda_function').find((each) => text(each, 'function_name') === name);
  if (!found) throw new Error(`The plan has no function ${name}`);
  return found;
};

/** The Lambda functions of the stack, each run from its zip in processes of its own. */
export function createFunctions(
  plan: Plan,
  context: Context,
  { logs, queues }: { logs: Logs; queues: Queues },
): Functions {
  const { iam, trace, ids, crashes, inspectors } = context;
  const asynchronousOf = readAsynchronousConfigs(plan, queues);
  removeAbandonedFolders();
  const root = makeCodeFolder();
  const guard = createProcessGuard();
  const concurrency = createConcurrency(context);
  const removeRoot = () => rmSync(root, { recursive: true, force: true });
  const make = (resource: Resource) => {
    const config = readConfig(plan, resource, root);
    iam.authorizeService(lambda, 'sts:AssumeRole', config.roleArn, config.arn);
    for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
      iam.authorizeRole(config.roleArn, action, `${config.logGroupArn}:log-stream:${config.name}`);
    }
    // Lambda refuses a function that it can't trace.
    if (config.isTraced) iam.authorizeRole(config.roleArn, 'xray:PutTraceSegments', '*');
    const asynchronous = asynchronousOf(config.name);
    // Lambda, too, refuses a destination right away that the function may not send to.
    if (asynchronous.onFailure) {
      iam.authorizeRole(config.roleArn, 'sqs:SendMessage', asynchronous.onFailure.arn);
    }
    const accessKeyId = iam.openSession(config.roleArn);
    const open = (of: FunctionConfig): Code => {
      const start = () => startEnvironment(plan, of, accessKeyId, context, { logs, guard });
      // A debugger finds one process of a function, at its port.
      return { ...of, pool: inspectors ? createPool(start, { most: 1 }) : createPool(start) };
    };
    let code = open(config);
    const retired = new Map<string, Code>();
    const timeoutMs = inspectors ? debuggedMs : config.timeoutMs;

    const run: Run = (requestId, payload, flowId, onOver) =>
      concurrency.run(config.name, (begin) =>
        code.pool.run(async (process) => {
          begin(process.free());
          const place = placeOf(config.name, payload);
          const result = await crashes.run({ flowId, place, process }, (invocationId) => {
            trace.causes.note(invocationId);
            const traceHeader = `Root=${flowId};Parent=${invocationId};Sampled=0`;
            const invoke = { requestId, functionArn: config.arn, event: payload, traceHeader };
            return process.invoke(invoke, timeoutMs);
          });
          void process.free().then(() => onOver(result));
          return result;
        }),
      );
    const invoke = async (payload: unknown, flowId: string) => {
      const requestId = ids.uuid();
      const input = shownOf(payload);
      const span = trace.begin(flowId, { kind: 'invocation', function: config.name, requestId, input });
      try {
        return await trace.causes.during({ flowId, spanId: span.id }, () =>
          run(requestId, payload, flowId, (result) => span.end({ answer: shownOf(result) })),
        );
      } catch (error) {
        span.fail(String(error), failureOf(error).outcome);
        throw error;
      }
    };
    return {
      ...config,
      get dir() {
        return code.dir;
      },
      unpack: () => code.unpack(),
      get codeSha256() {
        return code.codeSha256;
      },
      get codeSize() {
        return code.codeSize;
      },
      asynchronous,
      run,
      invoke,
      prepare: () => code.pool.prepare(),
      updateCode(after: Plan) {
        const old = code;
        const resource = resourceOf(after, config.name);
        if (sha256(readFileSync(zipOf(after, resource))) === old.codeSha256) return;
        const changed = readConfig(after, resource, root, `${config.name}.${ids.hex(4)}`);
        code = open(changed);
        code.pool.prepare();
        retired.set(old.dir, old);
        void old.pool.retire().then(() => {
          retired.delete(old.dir);
          rmSync(old.dir, { recursive: true, force: true });
        });
      },
      async close() {
        await Promise.all([code, ...retired.values()].map(({ pool }) => pool.close()));
      },
    };
  };
  let functions: ReturnType<typeof make>[];
  try {
    functions = plan.resources('aws_lambda_function').map(make);
  } catch (error) {
    removeRoot();
    throw error;
  }

  if (inspectors) for (const each of functions) each.prepare();

  const find = (arn: string) =>
    functions.find((candidate) => candidate.arn === arn || candidate.invokeArn === arn);
  const asynchronously = createAsynchronousInvocations(find, context);
  asynchronously.resume();

  return {
    find,
    operations: lambdaOperations(functions, asynchronously, concurrency, context),
    /** Invokes a function, and doesn't wait for it. */
    target(arn, { ruleArn }) {
      const target = functions.find((candidate) => candidate.arn === arn);
      if (!target) return undefined;
      const authorize = () => [
        iam.authorizeService('events.amazonaws.com', 'lambda:InvokeFunction', arn, ruleArn),
      ];
      return {
        description: `function ${target.name}`,
        authorize,
        async deliver(_, flowId, input) {
          authorize();
          const payload = parsePayload(input);
          asynchronously.begin({ functionArn: arn, requestId: ids.uuid(), payload }, flowId);
        },
      };
    },
    updateCode(after) {
      for (const each of functions) each.updateCode(after);
    },
    pause: asynchronously.pause,
    /** Ends all processes and removes the unpacked code. */
    async close() {
      asynchronously.close();
      await Promise.all(functions.map((each) => each.close()));
      guard.close();
      removeRoot();
    },
  };
}

function parsePayload(input: string): JsonValue {
  try {
    return JSON.parse(input) as JsonValue;
  } catch {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${input.slice(0, 100)}`,
    );
  }
}

const lambda = 'lambda.amazonaws.com';

/** The time of everything that a debugger may stop. */
const debuggedMs = 24 * 60 * 60 * 1_000;

function startEnvironment(
  plan: Plan,
  config: FunctionConfig,
  accessKeyId: string,
  { clock, ids, trace, inspectors, findSourceLine, onFailure, onLog }: Context,
  { logs, guard }: { logs: Logs; guard: ProcessGuard },
): Environment {
  const { region, endpoint } = plan.place;
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  const logStream = `${day}/[$LATEST]${ids.hex(16)}`;
  const dir = config.unpack();
  return new Environment({
    memoryMb: config.memoryMb,
    dir,
    ...(inspectors && {
      inspector: {
        port: inspectors.portOf(config.name),
        onSaid({ url, problem }) {
          if (url !== undefined || problem !== undefined) inspectors.note(config.name, url);
          if (problem !== undefined) onFailure(`No debugger finds the function ${config.name}. ${problem}`);
        },
      },
    }),
    // Lambda's own.
    loadTimeoutMs: inspectors ? debuggedMs : 10_000,
    isMachineBusy: () => (loadavg()[0] ?? 0) > availableParallelism(),
    clock,
    guard,
    findSourceLine,
    onLine(line) {
      logs.append(config.logGroup, logStream, line);
      onLog({ function: config.name, message: line });
    },
    onLeft(left, { traceHeader }, isFrozen) {
      const flowId = trace.flowOf(traceHeader);
      if (flowId === undefined) return;
      trace.causes.during(trace.causes.ofInvocation(invocationOf(traceHeader)), () =>
        trace.record(flowId, { kind: 'left work', function: config.name, left, isFrozen }),
      );
    },
    // Lambda's own, the stack's, and nothing of the developer's: what works here has to work there.
    variables: {
      ...config.variables,
      _HANDLER: config.handler,
      LAMBDA_TASK_ROOT: dir,
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
      // Lambda's: a program that it doesn't have isn't found here either, unless it is at one of these places.
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      LANG: 'en_US.UTF-8',
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
      AWS_CONFIG_FILE: join(dir, 'no-aws-config'),
      AWS_SHARED_CREDENTIALS_FILE: join(dir, 'no-aws-credentials'),
    },
  });
}
