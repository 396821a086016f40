import { AsyncLocalStorage } from 'node:async_hooks';
import type { Dispatch } from './aws.ts';
import { fromOldest } from './state/from-oldest.ts';

/** A span of a flow that something is done for. */
export interface Cause {
  flowId: string;
  spanId: number;
}

/** How many invocations are remembered. Calls of an older one have no cause. */
const maxInvocations = 10_000;

/** What the code that runs works for: the span that causes whatever it begins. */
export class Causes {
  readonly #current = new AsyncLocalStorage<Cause | undefined>();
  /** By the id of the invocation, the oldest first. */
  readonly #invocations = new Map<string, Cause>();
  readonly #oldest = fromOldest(() => this.#invocations.keys());

  /** The span of a flow that the code that runs works for; undefined if it is of another flow, or of none. */
  of(flowId: string): number | undefined {
    const cause = this.#current.getStore();
    return cause?.flowId === flowId ? cause.spanId : undefined;
  }

  /** Does work for a span. */
  during<T>(cause: Cause | undefined, work: () => T): T {
    return this.#current.run(cause, work);
  }

  /** Notes what an invocation works for. Its process is another one, and its calls come back with its id. */
  note(invocationId: string): void {
    const cause = this.#current.getStore();
    this.#invocations.delete(invocationId);
    if (cause) this.#invocations.set(invocationId, cause);
    if (this.#invocations.size > maxInvocations) this.#invocations.delete(this.#oldest() ?? '');
  }

  /** What an invocation works for. */
  ofInvocation(invocationId: string | undefined): Cause | undefined {
    return this.#invocations.get(invocationId ?? '');
  }
}

/** The door to all operations: what a function calls is done for what its invocation works for. */
export const causedDispatch =
  (dispatch: Dispatch, causes: Causes): Dispatch =>
  (target, input, caller, request) => {
    const { invocationId } = caller;
    const call = () => dispatch(target, input, caller, request);
    return invocationId === undefined ? call() : causes.during(causes.ofInvocation(invocationId), call);
  };
