import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { type Alarm, type Metric, metricsOf, type Watch, type Watched } from './monitoring.ts';
import { type Allow, ServiceRole, traceWithXRay } from './policy.ts';
import { Queue } from './queue.ts';

export interface NodeFunctionProps {
  /** Its name on AWS. */
  name: string;
  environment: Record<string, string>;
  /** The folder in `apps/` that has its code: by default, the id of the construct. */
  app?: string;
  /** The export that Lambda calls: `handler` by default. */
  handler?: string;
  /** Everything that the code does with other resources. The construct adds its own log and its traces. */
  allow: readonly Allow[];
}

/** The namespace of the metrics that the functions count. */
const metricsNamespace = 'Orders';

/**
 * A Lambda function in `apps/<app>/`. Its bundle is `apps/<app>/dist/function.zip`, which the build of the function makes.
 *
 * It logs JSON lines into a log group of its own, sends its traces to X-Ray, and may do nothing else except what `allow` says.
 * Powertools reads the names for its lines and metrics from the environment.
 */
export class NodeFunction extends Construct implements Watched {
  readonly name: string;
  readonly arn: string;
  /** The ARN that the integration of an API calls. */
  readonly invokeArn: string;
  readonly #label: string;
  readonly #role: ServiceRole;
  #onFailure: { queue: Queue; config: LambdaFunctionEventInvokeConfig } | undefined;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const { name, environment, app = id, handler = 'handler', allow } = props;
    const logGroup = new CloudwatchLogGroup(this, 'log-group', { name: `/aws/lambda/${name}` });
    const writeLog = {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${logGroup.arn}:*`],
    };
    this.#role = new ServiceRole(this, 'role', {
      service: 'lambda.amazonaws.com',
      allow: [writeLog, traceWithXRay, ...allow],
    });
    const bundle = new TerraformAsset(this, 'bundle', {
      path: bundlePath(app),
      // Not an ARCHIVE: the bytes of cdktf's archives differ from run to run, and it fails in a folder whose path has a space.
      type: AssetType.FILE,
    });

    const { functionName, arn, invokeArn } = new LambdaFunction(this, 'function', {
      functionName: name,
      role: this.#role.arn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: `index.${handler}`,
      filename: bundle.path,
      sourceCodeHash: bundle.assetHash,
      memorySize: 512,
      timeout: 15,
      environment: {
        variables: {
          ...environment,
          POWERTOOLS_SERVICE_NAME: name,
          POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
        },
      },
      loggingConfig: { logFormat: 'JSON', logGroup: logGroup.name },
      tracingConfig: { mode: 'Active' },
      dependsOn: [this.#role.ready],
    });
    this.#label = name;
    this.name = functionName;
    this.arn = arn;
    this.invokeArn = invokeArn;
  }

  /**
   * Retries asynchronous invocations that fail, and then keeps their events in a queue of the function.
   *
   * @returns a dependency of everything that invokes the function asynchronously
   */
  configureAsyncInvoke(): LambdaFunctionEventInvokeConfig {
    if (this.#onFailure) return this.#onFailure.config;
    const queue = new Queue(this, 'failures', { name: `${this.#label}-failures` });
    this.#role.grant(queue.allowSend());
    const config = new LambdaFunctionEventInvokeConfig(this, 'asynchronous', {
      functionName: this.name,
      // Lambda's own defaults, which are its most.
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 6 * 60 * 60,
      destinationConfig: { onFailure: { destination: queue.arn } },
      // Lambda refuses a destination that the function may not send to.
      dependsOn: [this.#role.ready],
    });
    this.#onFailure = { queue, config };
    return config;
  }

  /** A metric that the code of the function counts. */
  counted(metric: string): Metric {
    return metricsOf(metricsNamespace, { service: this.#label })(metric);
  }

  /** How often it was invoked. */
  get invocations(): Metric {
    return this.#metric('Invocations');
  }

  get #metric() {
    return metricsOf('AWS/Lambda', { FunctionName: this.name });
  }

  get watch(): Watch {
    const metric = this.#metric;
    const name = this.#label;
    const [errors, throttles] = [metric('Errors'), metric('Throttles')];
    const notKept = metric('DestinationDeliveryFailures');
    const alarms: Alarm[] = [
      {
        name: `${name}-errors`,
        metric: errors,
        meaning: `The function ${name} failed.`,
        runbook: 'function-errors',
      },
      {
        name: `${name}-throttles`,
        metric: throttles,
        meaning: `The function ${name} was not run: the account runs as many at once as it may.`,
        runbook: 'function-throttles',
      },
    ];
    if (this.#onFailure) {
      alarms.push(
        ...this.#onFailure.queue.alarms({
          name: `${name}-failures`,
          meaning: `Events that the function ${name} failed for, every time, wait in its queue.`,
          runbook: 'function-failures',
        }),
        {
          name: `${name}-lost-events`,
          metric: notKept,
          meaning: `Events that the function ${name} failed for did not get into its queue either.`,
          runbook: 'lost-events',
        },
      );
    }
    return {
      title: `The function ${name}`,
      graphs: [
        { title: 'Invocations', metrics: [this.invocations, errors, throttles] },
        {
          title: 'Duration (ms)',
          metrics: ['p50', 'p95'].map((p) => ({ ...metric('Duration', p), label: p })),
        },
        ...(this.#onFailure
          ? [{ title: 'Failed for good', metrics: [this.#onFailure.queue.depth, notKept] }]
          : []),
      ],
      alarms,
    };
  }
}

function bundlePath(app: string): string {
  const path = resolve(import.meta.dirname, '../../../apps', app, 'dist/function.zip');
  if (existsSync(path)) return path;
  throw new Error(`${path} isn't there: build the functions before the stack, by \`pnpm build\``);
}
