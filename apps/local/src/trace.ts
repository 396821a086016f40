import { randomBytes } from 'node:crypto';

/** One delivery of an event: a rule that matched it, and what became of it at the rule's target. */
export interface Delivery {
  rule: string;
  /** What kind of target, and its name: `function orders-persister`. */
  target: string;
  status: 'in flight' | 'delivered' | 'failed';
  error?: string;
  /** The queue that got the event because the target didn't. */
  deadLetterQueue?: string;
}

/** A state that a workflow's execution went through. */
export interface StateStep {
  name: string;
  status: 'entered' | 'succeeded' | 'failed';
  error?: string;
}

type RunStatus = 'running' | 'succeeded' | 'failed';

/** Something that happened to an order, in the order of beginnings; `atMs` counts from the first step. */
export type Step =
  | { kind: 'request'; method: string; path: string; status?: number }
  | {
      kind: 'invocation';
      function: string;
      status: RunStatus;
      error?: string;
      /** The queue that got the event because the function failed for it. */
      failureQueue?: string;
    }
  | { kind: 'event'; id: string; detailType: string; source: string; bus: string; deliveries: Delivery[] }
  | { kind: 'execution'; stateMachine: string; status: RunStatus; states: StateStep[]; error?: string }
  | { kind: 'write'; table: string; operation: string; item: unknown };

/** The step of one kind. */
export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

export type TimedStep = Step & { atMs: number };

/** The story of one order. */
export interface OrderTrace {
  orderId: string;
  /** Whether nothing is in flight for the order any more. */
  settled: boolean;
  steps: TimedStep[];
}

/** Everything that one cause brought about: a request, or an event that came from outside. */
interface Flow {
  steps: { at: number; step: Step }[];
  inFlight: number;
  orderIds: Set<string>;
}

/** How many flows are kept; the oldest go first, so that a system that runs for weeks doesn't grow. */
const maxFlows = 10_000;

/**
 * What happened to each order: steps are appended when they begin, and say later how they ended.
 *
 * A flow goes by an X-Ray trace id, which travels as it does on AWS: functions get it in `_X_AMZN_TRACE_ID`
 * and the AWS SDK sends it along in `x-amzn-trace-id`.
 */
export class Trace {
  readonly #flows = new Map<string, Flow>();
  readonly #flowsOfOrder = new Map<string, Set<string>>();
  readonly #waiting = new Set<() => void>();
  readonly #now: () => number;
  #onOrder: (orderId: string) => void = () => {};

  /** @param now the time in milliseconds; for tests */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A new flow's trace id, in X-Ray's form. */
  newFlow(): string {
    const id = `1-${Math.floor(this.#now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
    this.#flows.set(id, { steps: [], inFlight: 0, orderIds: new Set() });
    if (this.#flows.size > maxFlows) this.#forgetOldest(id);
    return id;
  }

  /** The flow that a trace header names, `Root=1-…;Sampled=1`; undefined for one that isn't known here. */
  flowOf(traceHeader: string | undefined): string | undefined {
    const id = /(?:^|;)\s*Root=([^;]+)/.exec(traceHeader ?? '')?.[1];
    return id !== undefined && this.#flows.has(id) ? id : undefined;
  }

  /** Appends a step. The caller keeps it, and completes it when it ends. */
  add<S extends Step>(flowId: string, step: S): S {
    this.#flows.get(flowId)?.steps.push({ at: this.#now(), step });
    return step;
  }

  /** Says that a flow is about an order. */
  link(flowId: string, orderId: string): void {
    this.#flows.get(flowId)?.orderIds.add(orderId);
    const flows = this.#flowsOfOrder.get(orderId) ?? new Set();
    const isNew = !flows.has(flowId);
    this.#flowsOfOrder.set(orderId, flows.add(flowId));
    if (isNew) this.#onOrder(orderId);
  }

  /** Calls the listener for each order as it begins, and for one that is placed again. */
  onOrder(listener: (orderId: string) => void): void {
    this.#onOrder = listener;
  }

  /** Runs work of a flow: until it ends, the flow isn't settled. */
  async during<T>(flowId: string, work: () => Promise<T>): Promise<T> {
    const flow = this.#flows.get(flowId);
    if (flow) flow.inFlight += 1;
    try {
      return await work();
    } finally {
      if (flow) {
        flow.inFlight -= 1;
        if (flow.inFlight === 0) for (const wake of this.#waiting) wake();
      }
    }
  }

  /** The orders that are known, the newest last. */
  orderIds(): string[] {
    return [...this.#flowsOfOrder.keys()];
  }

  /** The story of an order as it stands now, or undefined when nothing is known of it. */
  order(orderId: string): OrderTrace | undefined {
    const flows = this.#flowsOf(orderId);
    if (!flows) return undefined;
    const steps = flows.flatMap((flow) => flow.steps).sort((a, b) => a.at - b.at);
    const start = steps[0]?.at ?? 0;
    return {
      orderId,
      settled: flows.every((flow) => flow.inFlight === 0),
      steps: steps.map(({ at, step }) => ({ atMs: at - start, ...step })),
    };
  }

  /** Waits until nothing is in flight for the order, or for the given time; then gives its story. */
  async settled(orderId: string, timeoutMs: number): Promise<OrderTrace | undefined> {
    const isSettled = () => this.#flowsOf(orderId)?.every((flow) => flow.inFlight === 0) ?? true;
    if (!isSettled()) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const wake = () => {
          if (isSettled()) done();
        };
        const timer = setTimeout(done, timeoutMs);
        this.#waiting.add(wake);
      });
    }
    return this.order(orderId);
  }

  #flowsOf(orderId: string): Flow[] | undefined {
    const ids = this.#flowsOfOrder.get(orderId);
    return ids && [...ids].flatMap((id) => this.#flows.get(id) ?? []);
  }

  #forgetOldest(newest: string): void {
    for (const [id, flow] of this.#flows) {
      if (flow.inFlight > 0 || id === newest) continue;
      this.#flows.delete(id);
      for (const orderId of flow.orderIds) {
        const flows = this.#flowsOfOrder.get(orderId);
        flows?.delete(id);
        if (flows?.size === 0) this.#flowsOfOrder.delete(orderId);
      }
      return;
    }
  }
}
