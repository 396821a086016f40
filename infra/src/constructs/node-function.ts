import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { logRetentionDays } from './log-retention.ts';
import { type Allow, ServiceRole } from './policy.ts';

export interface NodeFunctionProps {
  /** The function's name on AWS. */
  name: string;
  environment: Record<string, string>;
  /** All that the code does with other resources. Writing its own log is added. */
  allow: readonly Allow[];
}

/**
 * A Lambda function of `apps/`, by the construct's id: `apps/<id>/dist/function.zip`, as its build left it.
 *
 * It logs JSON lines into a log group of its own, and may do no more than `allow` says.
 */
export class NodeFunction extends Construct {
  readonly name: string;
  readonly arn: string;
  /** What an API's integration calls. */
  readonly invokeArn: string;

  constructor(scope: Construct, id: string, { name, environment, allow }: NodeFunctionProps) {
    super(scope, id);
    const logGroup = new CloudwatchLogGroup(this, 'log-group', {
      name: `/aws/lambda/${name}`,
      retentionInDays: logRetentionDays,
    });
    const writeLog = {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${logGroup.arn}:*`],
    };
    const role = new ServiceRole(this, 'role', {
      service: 'lambda.amazonaws.com',
      allow: [writeLog, ...allow],
    });
    const bundle = new TerraformAsset(this, 'bundle', {
      path: bundlePath(id),
      // Not an archive that cdktf makes: its bytes differ from run to run, and it fails in a folder whose path
      // has a space.
      type: AssetType.FILE,
    });

    const { functionName, arn, invokeArn } = new LambdaFunction(this, 'function', {
      functionName: name,
      role: role.arn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: bundle.path,
      sourceCodeHash: bundle.assetHash,
      memorySize: 512,
      timeout: 15,
      environment: { variables: environment },
      loggingConfig: { logFormat: 'JSON', logGroup: logGroup.name },
      dependsOn: [role.ready],
    });
    this.name = functionName;
    this.arn = arn;
    this.invokeArn = invokeArn;
  }
}

function bundlePath(app: string): string {
  const path = resolve(import.meta.dirname, '../../../apps', app, 'dist/function.zip');
  if (existsSync(path)) return path;
  throw new Error(`${path} isn't there: the functions are built before the stack, by \`pnpm build\``);
}
