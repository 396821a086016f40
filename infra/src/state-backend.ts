import { S3Backend, type TerraformStack } from 'cdktf';
import { SettingError } from './setting-error.ts';

/** What S3 takes as the name of a bucket: no address, and none of the beginnings and ends that it keeps for itself. */
const bucketName =
  /^(?!.*\.\.)(?!(?:\d+\.){3}\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Keeps the stack's state in a bucket, with a lock, so that two deploys can't disturb each other. Without a bucket
 * the state is a file beside `cdktf.json`, which is cdktf's default.
 *
 * @param bucket what the environment variable STATE_BUCKET says
 * @throws {SettingError} for a name that no bucket can have
 */
export function keepStateIn(bucket: string | undefined, stack: TerraformStack): void {
  if (bucket === undefined) return;
  if (!bucketName.test(bucket)) {
    throw new SettingError(
      `STATE_BUCKET is ${JSON.stringify(bucket)}, which can't be the name of an S3 bucket: that has 3 to 63 of ` +
        'a-z, 0-9, dot and hyphen, begins and ends with a letter or a digit, is no IP address, and has none of the ' +
        'beginnings and ends that S3 keeps for itself (xn--, -s3alias, …). Unset, the state is a local file',
    );
  }
  // The region is the one of AWS_REGION, as for everything else that Terraform does with the caller's credentials.
  new S3Backend(stack, { bucket, key: `${stack.node.id}.tfstate`, encrypt: true });
  // Locks by a file beside the state, from Terraform 1.10 on; cdktf is older than this argument.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
  stack.addOverride('terraform.required_version', '>= 1.10');
}
