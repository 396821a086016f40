import { expect, jest } from '@jest/globals';
import type { CountOptions } from '../metrics.ts';

/** Keeps what the process writes, which Lambda takes for the log, until mocks are restored. */
export function captureOutput() {
  let written = '';
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      written += chunk;
      return true;
    });
  }
  return {
    /** The lines so far. Each must be JSON. */
    lines: () =>
      written
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/**
 * The line that CloudWatch takes a metric from (embedded metric format), and the ids that it has beside it.
 *
 * @param counts how many it counts, and the time that it counts for: one by default, at any time
 */
export const metricLine = (metric: string, ids: object, { value = 1, at }: CountOptions = {}) => ({
  ...ids,
  _aws: {
    Timestamp: at?.getTime() ?? expect.any(Number),
    CloudWatchMetrics: [
      { Namespace: 'Orders', Dimensions: [['service']], Metrics: [{ Name: metric, Unit: 'Count' }] },
    ],
  },
  service: process.env.POWERTOOLS_SERVICE_NAME,
  [metric]: value,
});
