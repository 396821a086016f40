import { readdirSync, readFileSync } from 'node:fs';

/** What the system and its functions have used so far. */
export interface Usage {
  /** Seconds of CPU, of the main process and of all processes of functions, those that have ended too. */
  mainCpu: number;
  functionsCpu: number;
  /** Megabytes in memory. */
  mainMb: number;
  functionsMb: number;
  /** How many processes of functions there are. */
  functions: number;
}

/** Linux counts CPU in hundredths of a second, and memory in pages. */
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** @returns undefined where there is no /proc: nothing is measured then */
export function usageOf(pid: number): Usage | undefined {
  const main = statOf(pid);
  if (!main) return undefined;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === pid);
  return {
    mainCpu: main.cpu,
    functionsCpu: main.endedChildrenCpu + children.reduce((sum, { cpu }) => sum + cpu, 0),
    mainMb: main.mb,
    functionsMb: children.reduce((sum, { mb }) => sum + mb, 0),
    functions: children.length,
  };
}

function statOf(pid: number) {
  try {
    // The name of the program, in parentheses, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];
    const [, parent, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [
      fields[0],
      fields[1],
      ...fields.slice(11, 15),
    ];
    const [, pages = 0] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    return {
      parent,
      cpu: (user + system) / ticksPerSecond,
      endedChildrenCpu: (endedUser + endedSystem) / ticksPerSecond,
      mb: (pages * pageBytes) / 1e6,
    };
  } catch {
    return undefined;
  }
}
