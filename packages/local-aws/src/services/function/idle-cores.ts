import { cpus } from 'node:os';

const now = () => {
  let [idle, all] = [0, 0];
  const cores = cpus();
  for (const { times } of cores) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all, cores: cores.length };
};

/** Gives how many cores of this machine had nothing to do, on average, since the call: 0.5 for half of the time of one. */
export function watchIdleCores(): () => number {
  const before = now();
  return () => {
    const { idle, all, cores } = now();
    return all > before.all ? (cores * (idle - before.idle)) / (all - before.all) : 0;
  };
}
