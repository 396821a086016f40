/** Where debuggers find the functions. It outlives the wiring, so that each keeps its port. */
export interface Inspectors {
  /** The port of a function's process: the same one each time, or any free one if the first is 0. */
  portOf(functionName: string): number;
  /** Notes where a function's process listens; undefined for one that can't. */
  note(functionName: string, url: string | undefined): void;
  /** Where each function listens, once all that were started have said so. */
  listening(): Promise<{ function: string; url: string }[]>;
}

/** @param firstPort the port of the first function; the next one has the next port. 0 for any that is free */
export function createInspectors(firstPort: number): Inspectors {
  const started = new Map<string, { port: number; said: PromiseWithResolvers<void>; url?: string }>();
  return {
    portOf(name) {
      const port = firstPort === 0 ? 0 : firstPort + started.size;
      const known = started.get(name) ?? { port, said: Promise.withResolvers<void>() };
      started.set(name, known);
      return known.port;
    },
    note(name, url) {
      const known = started.get(name);
      if (!known) return;
      if (url === undefined) delete known.url;
      else known.url = url;
      known.said.resolve();
    },
    async listening() {
      await Promise.all([...started.values()].map(({ said }) => said.promise));
      return [...started].flatMap(([name, { url }]) => (url === undefined ? [] : [{ function: name, url }]));
    },
  };
}

/** What Node.js writes of its inspector: where it listens, why it can't, or who comes and goes. */
export interface InspectorLine {
  url?: string;
  problem?: string;
}

/** @returns undefined for a line of the function's own */
export function readInspectorLine(line: string): InspectorLine | undefined {
  const url = /^Debugger listening on (ws:\S+)$/.exec(line)?.[1];
  if (url !== undefined) return { url };
  const problem = /^Starting inspector on \S+ failed: .+$/.exec(line)?.[0];
  if (problem !== undefined) return { problem };
  const isNoise =
    /^(Debugger attached\.|Debugger ending on ws:|Waiting for the debugger to disconnect|For help, see: https:\/\/nodejs\.org\/)/.test(
      line,
    );
  return isNoise ? {} : undefined;
}
