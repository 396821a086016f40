import type { Distribution, Latencies, Throughput } from './measure.ts';
import type { Usage } from './processes.ts';
import { table } from './table.ts';

/** All figures of a run. */
export interface Figures {
  /** What was measured. */
  of: string;
  commit: string;
  machine: string;
  /** When, in ISO 8601. */
  at: string;
  /** From the start of the process until it runs; milliseconds. */
  readyMs?: number;
  /** The first order, from the request to its answer; milliseconds. */
  firstMs: number;
  latency: Latencies;
  throughput: readonly (Throughput & { cpuMs?: { main: number; functions: number } })[];
  memory?: { idle: Usage; afterwards: Usage; growth: readonly { orders: number; mainMb: number }[] };
}

const ms = ({ p50, p99 }: Distribution) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`;

/** The figures as tables, for people. */
export function tellFigures(figures: Figures): string {
  const { of, commit, machine, at, readyMs, firstMs, latency, throughput, memory } = figures;
  const parts = [
    `${of}, at ${commit}\n${machine}, ${at}`,
    table([
      ['', 'ms'],
      ...(readyMs === undefined ? [] : [['start to ready', readyMs.toFixed(0)]]),
      ['first order to its 202', firstMs.toFixed(0)],
    ]),
    table([
      [`one at a time, ${latency.orders} orders`, 'p50 / p99 in ms'],
      ['to the answer', ms(latency.answer)],
      ['to the row', ms(latency.row)],
      ['to Order Dispatched', ms(latency.dispatched)],
    ]),
    table([
      [
        'orders',
        'at a time',
        'accepted/s',
        'stored/s',
        'dispatched/s',
        'answer p50 / p99 ms',
        'CPU ms per order: main + functions',
      ],
      ...throughput.map((each) => [
        String(each.orders),
        String(each.clients),
        each.accepted.toFixed(0),
        each.stored.toFixed(0),
        each.dispatched.toFixed(0),
        ms(each.answer),
        each.cpuMs ? `${each.cpuMs.main.toFixed(1)} + ${each.cpuMs.functions.toFixed(1)}` : 'not measured',
      ]),
    ]),
  ];
  if (memory) {
    const row = (name: string, { mainMb, functionsMb, functions }: Usage) => [
      name,
      mainMb.toFixed(0),
      `${functionsMb.toFixed(0)} in ${functions} processes`,
    ];
    parts.push(
      table([
        ['memory', 'main MB', 'functions MB'],
        row('idle', memory.idle),
        row('after all of it', memory.afterwards),
        ...memory.growth.map(({ orders, mainMb }) => [`after ${orders} more`, mainMb.toFixed(0), '']),
      ]),
    );
  }
  return `${parts.join('\n\n')}\n`;
}
