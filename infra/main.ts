/**
 * Synthesizes the stack of one stage into `cdktf.out`. Needs no credentials. Reads two variables of the environment:
 * STAGE (`dev` by default) and STATE_BUCKET (by default the state is a local file).
 */
import { App } from 'cdktf';
import { OrderStack } from './src/order-stack.ts';
import { stageOf, UnknownStageError } from './src/stages.ts';
import { keepStateIn } from './src/state-backend.ts';

try {
  const app = new App();
  const stack = new OrderStack(app, stageOf(process.env.STAGE));
  keepStateIn(process.env.STATE_BUCKET, stack);
  app.synth();
} catch (error) {
  if (!(error instanceof UnknownStageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
