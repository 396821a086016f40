import type { Faults } from './faults.ts';

/** The process in which an invocation runs. */
interface Crashable {
  /** Kills the process, whose invocation fails by it. Gives the error of an invocation that had ended. */
  crash(): Error;
}

export interface FunctionCrashes {
  /**
   * Runs a function, whose process may be killed: before it runs, at its first call, or when it has answered.
   *
   * @param work gets the id of the invocation, which comes back with its calls
   */
  run<T>(
    invocation: { flowId: string; place: string; process: Crashable },
    work: (invocationId: string) => Promise<T>,
  ): Promise<T>;
  /**
   * Kills the process of an invocation if this is its moment, before its call is carried out or after it.
   *
   * @returns whether it did
   */
  atCall(invocationId: string | undefined, moment: 'before' | 'after', target: string): boolean;
}

/** Kills functions at moments that follow from the faults of the run. */
export function createFunctionCrashes(faults: Faults): FunctionCrashes {
  const armed = new Map<string, { moment: 'before' | 'after'; crash: (where: string) => void }>();
  return {
    async run({ flowId, place, process }, work) {
      const invocationId = faults.stableId(flowId, place);
      const choice = faults.decide('function-crash', flowId, place);
      if (choice === undefined) return work(invocationId);

      const crash = (where: string) => {
        faults.record('function-crash', flowId, `${place}, ${where}`);
        return process.crash();
      };
      if (choice < 0.25) {
        crash('before its handler');
        return work(invocationId);
      }
      if (choice >= 0.75) {
        await work(invocationId);
        throw crash('after its handler');
      }
      armed.set(invocationId, { moment: choice < 0.5 ? 'before' : 'after', crash });
      try {
        return await work(invocationId);
      } finally {
        armed.delete(invocationId);
      }
    },
    atCall(invocationId = '', moment, target) {
      const found = armed.get(invocationId);
      if (found?.moment !== moment) return false;
      armed.delete(invocationId);
      found.crash(`${moment} its call ${target}`);
      return true;
    },
  };
}
