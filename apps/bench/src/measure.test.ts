import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestSystem, type TestSystem } from '@orders/local/testing';
import { distributionOf, measureLatency, measureThroughput } from './measure.ts';
import { createOrderClient, type OrderClient } from './order-client.ts';
import { usageOf } from './processes.ts';
import { tellFigures } from './report.ts';

test('a distribution has its middle, and what one in a hundred is above', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(distributionOf(values)).toEqual({ p50: 101, p99: 199 });
  expect(distributionOf([7])).toEqual({ p50: 7, p99: 7 });
});

describe('a system', () => {
  let system: TestSystem;
  let client: OrderClient;
  beforeAll(async () => {
    system = await startTestSystem();
    const { endpoint, apiUrl } = system;
    client = createOrderClient({ endpoint, stage: apiUrl.slice(endpoint.length) });
  });
  afterAll(async () => {
    client?.close();
    await system?.close();
  });

  test('is measured order by order, and with several at a time, and every order of it arrived', async () => {
    const latency = await measureLatency(client, 3);
    expect(latency.answer.p50).toBeLessThanOrEqual(latency.row.p50);
    expect(latency.row.p50).toBeLessThanOrEqual(latency.dispatched.p50);

    const throughput = await measureThroughput(client, 20, 4);
    expect(throughput.accepted).toBeGreaterThanOrEqual(throughput.stored);
    expect(throughput.stored).toBeGreaterThanOrEqual(throughput.dispatched);
    const { trace, stories } = system;
    await trace.idle();
    expect(stories.subjects()).toHaveLength(23);

    const figures = { of: 'a test', commit: 'c', machine: 'm', at: 'now', firstMs: 1, latency };
    expect(tellFigures({ ...figures, throughput: [throughput] })).toMatch(/20 +4 +\d+ +\d+ +\d+/);
  });

  test('of which an order is refused is not measured', async () => {
    const other = createOrderClient({ endpoint: system.endpoint, stage: '/nowhere' });
    await expect(measureThroughput(other, 1, 1)).rejects.toThrow(
      /^POST \/nowhere\/orders got 404 in the place of 202: /,
    );
    other.close();
  });
});

test('a process has used CPU and memory, where /proc says so', () => {
  const usage = usageOf(process.pid);
  if (process.platform !== 'linux') return expect(usage).toBeUndefined();
  expect(usage?.mainCpu).toBeGreaterThan(0);
  expect(usage?.mainMb).toBeGreaterThan(20);
  expect(usageOf(2 ** 22 + 1)).toBeUndefined();
});
