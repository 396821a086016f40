import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { TerraformStack } from 'cdktf';
import { readableStack } from '../scripts/readable-stack.ts';
import { synthesize } from '../scripts/synthesize.ts';

/**
 * Synthesizes a stack of a few constructs.
 *
 * @returns its resources and data sources by path, references as `<path.attribute>`
 * @throws what a validation of the stack says
 * @example const { 'q/queue': queue } = smallStack((stack) => new Queue(stack, 'q', { name: 'Late' }));
 */
export const smallStack = (build: (stack: TerraformStack) => void) =>
  readableStack(
    synthesize((app) => {
      const stack = new TerraformStack(app, 'small');
      new AwsProvider(stack, 'aws', { region: 'eu-west-1' });
      build(stack);
      return stack;
    }),
  ).resources;
