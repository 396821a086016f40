export { synth } from '../scripts/synthesize.ts';
