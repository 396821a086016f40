import { startLocalRun } from './local-run.ts';
import { machine } from './machine.ts';
import { type Latencies, measureLatency, measureThroughput, type Throughput } from './measure.ts';
import { createOrderClient } from './order-client.ts';
import { type Usage, usageOf } from './processes.ts';
import { type Figures, tellFigures } from './report.ts';

/** As the usage of the command says. */
interface Options {
  quick: boolean;
  growth: boolean;
  json: boolean;
  data?: string | undefined;
  against?: string | undefined;
  host?: string | undefined;
  stage: string;
}

/**
 * Measures the local run, or what answers at `against`.
 *
 * @returns what the command prints
 */
export async function measure(options: Options): Promise<string> {
  const figures = await figuresOf(options);
  return options.json ? `${JSON.stringify(figures, null, 2)}\n` : tellFigures(figures);
}

const say = (sentence: string) => process.stderr.write(`${sentence}\n`);

async function figuresOf(options: Options): Promise<Figures> {
  const { against, host, stage, data, quick, growth } = options;
  const local = against === undefined ? await startLocalRun(data) : undefined;
  const target = local?.target ?? { endpoint: against ?? '', stage, ...(host !== undefined && { host }) };
  const client = createOrderClient(target);
  const look = (): Usage | undefined => (local ? usageOf(local.pid) : undefined);
  try {
    const idle = look();
    const firstAt = performance.now();
    await client.place();
    const firstMs = performance.now() - firstAt;
    say('One order after the other …');
    await measureLatency(client, 20);
    const latency: Latencies = await measureLatency(client, 200);

    const throughput: (Throughput & { cpuMs?: { main: number; functions: number } })[] = [];
    for (const orders of quick ? [1_000] : [1_000, 10_000]) {
      for (const clients of [16, 64]) {
        say(`${orders} orders, ${clients} at a time …`);
        const before = look();
        const measured = await measureThroughput(client, orders, clients);
        const after = look();
        const perOrder = (name: 'mainCpu' | 'functionsCpu') =>
          (1_000 * ((after?.[name] ?? 0) - (before?.[name] ?? 0))) / orders;
        throughput.push({
          ...measured,
          ...(after && { cpuMs: { main: perOrder('mainCpu'), functions: perOrder('functionsCpu') } }),
        });
      }
    }
    const afterwards = look();

    const memory: { orders: number; mainMb: number }[] = [];
    for (let orders = 10_000; growth && orders <= 50_000; orders += 10_000) {
      say(`${orders} orders for the growth …`);
      await measureThroughput(client, 10_000, 16);
      const now = look();
      if (now) memory.push({ orders, mainMb: now.mainMb });
    }
    return {
      of: against ?? `the local run${data === undefined ? '' : ' with --data'}`,
      ...machine(),
      ...(local && { readyMs: local.readyMs }),
      firstMs,
      latency,
      throughput,
      ...(idle && afterwards && { memory: { idle, afterwards, growth: memory } }),
    };
  } finally {
    client.close();
    await local?.close();
  }
}
