/**
 * Synthesizes the stack of one stage into `cdktf.out`. Needs no credentials. Reads two variables of the environment:
 * STAGE (`dev` by default) and STATE_BUCKET (by default the state is a local file).
 */
import { stageOf, UnknownStageError } from './src/stages.ts';

try {
  const stage = stageOf(process.env.STAGE);
  // An unknown stage is refused before cdktf is loaded, which takes a second.
  const [{ App }, { OrderStack }, { keepStateIn }] = await Promise.all([
    import('cdktf'),
    import('./src/order-stack.ts'),
    import('./src/state-backend.ts'),
  ]);
  const app = new App();
  const stack = new OrderStack(app, stage);
  keepStateIn(process.env.STATE_BUCKET, stack);
  app.synth();
} catch (error) {
  if (!(error instanceof UnknownStageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
