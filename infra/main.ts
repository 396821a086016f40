/** Synthesizes the stack into `cdktf.out`. Needs no environment and no credentials. */
import { App } from 'cdktf';
import { OrderStack } from './src/order-stack.ts';

const app = new App();
new OrderStack(app, 'orders', { stage: 'dev' });
app.synth();
