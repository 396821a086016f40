import { availableParallelism } from 'node:os';
import config from '@orders/jest';

/** These tests take longest. Jest has one process for two cores, which leaves a core idle once the other packages are done. */
export default { ...config, maxWorkers: Math.max(2, availableParallelism() - 1) };
