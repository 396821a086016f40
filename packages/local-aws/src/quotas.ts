import type { State } from './state/state.ts';

/** A quota of an account that the local run enforces. */
export interface Quota {
  /** The code of the service, `lambda`. */
  service: string;
  serviceName: string;
  code: string;
  name: string;
  /** What every account has at first. */
  initial: number;
}

/** How many invocations of functions may run at once. */
export const concurrentExecutions: Quota = {
  service: 'lambda',
  serviceName: 'AWS Lambda',
  code: 'L-B99A9384',
  name: 'Concurrent executions',
  initial: 1_000,
};

export const quotas: readonly Quota[] = [concurrentExecutions];

/** The quotas of the account as they are now. */
export interface Quotas {
  currentOf(quota: Quota): number;
  /** Raises a quota. */
  raise(quota: Quota, value: number): void;
}

/** Reads and keeps the quotas in the state. */
export function quotasIn({ collection }: Pick<State, 'collection'>): Quotas {
  const raised = collection<number>('quotas');
  return {
    currentOf: ({ code, initial }) => raised.get(code) ?? initial,
    raise({ code }, value) {
      raised.set(code, value);
    },
  };
}
