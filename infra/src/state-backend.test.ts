import { expect, test } from '@jest/globals';
import { type App, TerraformStack } from 'cdktf';
import { synthesize } from '../scripts/synthesize.ts';
import { keepStateIn } from './state-backend.ts';

const terraformOf = (bucket: string | undefined) =>
  synthesize((app: App) => {
    const stack = new TerraformStack(app, 'orders-prod');
    keepStateIn(bucket, stack);
    return stack;
  }).terraform;

test('the state is in the bucket of STATE_BUCKET: by the name of the stack, encrypted, locked', () => {
  expect(terraformOf('state-of-orders')).toMatchObject({
    backend: {
      s3: { bucket: 'state-of-orders', key: 'orders-prod.tfstate', encrypt: true, use_lockfile: true },
    },
  });
});

test('without a bucket the state is a local file, named for the stack', () => {
  expect(terraformOf(undefined)).toMatchObject({
    backend: { local: { path: expect.stringMatching(/terraform\.orders-prod\.tfstate$/) } },
  });
});
