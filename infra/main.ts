/**
 * Synthesizes the stack of one stage into `cdktf.out`. Needs no credentials, and no environment either; what it
 * reads of it: STAGE (`dev` by default) and STATE_BUCKET (the state is a local file by default).
 */
import { App } from 'cdktf';
import { OrderStack } from './src/order-stack.ts';
import { SettingError } from './src/setting-error.ts';
import { stageOf } from './src/stages.ts';
import { keepStateIn } from './src/state-backend.ts';

try {
  const app = new App();
  const stack = new OrderStack(app, stageOf(process.env.STAGE));
  keepStateIn(process.env.STATE_BUCKET, stack);
  app.synth();
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
