import { S3Backend, type TerraformStack } from 'cdktf';

/**
 * Keeps the state of a stack in a bucket, with a lock, so that two deploys can't disturb each other. Without a bucket
 * the state is a file beside `cdktf.json`, which is cdktf's default. Terraform refuses a bucket that can't be.
 *
 * @param bucket the value of the environment variable STATE_BUCKET
 */
export function keepStateIn(bucket: string | undefined, stack: TerraformStack): void {
  if (bucket === undefined) return;
  // The region is that of AWS_REGION, as for everything that Terraform does with the caller's credentials.
  new S3Backend(stack, { bucket, key: `${stack.node.id}.tfstate`, encrypt: true });
  // Locks by a file beside the state. cdktf is older than this argument.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}
