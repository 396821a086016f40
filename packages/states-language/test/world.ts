import {
  type CallTask,
  type Clock,
  type Definition,
  type Execution,
  type HistoryEvent,
  type Host,
  type JsonObject,
  type JsonValue,
  type Progress,
  parseDefinition,
  resumeExecution,
  startExecution,
  TaskTokens,
} from '../src/index.ts';

/** A clock that only `advance` moves. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-01-31T12:00:00Z');
  #timers: { time: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { time: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The milliseconds until something is due. */
  get nextMs(): number | undefined {
    const times = this.#timers.map(({ time }) => time);
    return times.length === 0 ? undefined : Math.min(...times) - this.#now;
  }

  /** Lets everything happen that becomes due within some milliseconds, in order. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const [timer] = this.#timers.filter(({ time }) => time <= until).toSorted((a, b) => a.time - b.time);
      if (timer === undefined) break;
      this.#now = Math.max(this.#now, timer.time);
      this.#timers = this.#timers.filter((other) => other !== timer);
      timer.callback();
      await settle();
    }
    this.#now = until;
  }
}

/** Lets everything happen that waits for nothing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const arn = (kind: string, name: string) => `arn:aws:states:eu-west-1:111111111111:${kind}:${name}`;

export const identity = {
  arn: arn('execution', 'Orders:first'),
  name: 'first',
  stateMachineArn: arn('stateMachine', 'Orders'),
  stateMachineName: 'Orders',
  roleArn: 'arn:aws:iam::111111111111:role/orders',
};

/** What Task states call, by the state's name. */
export type Tasks = Readonly<
  Record<string, (parameters: JsonValue, call: Parameters<CallTask>[0]) => unknown>
>;

/** A host whose time, ids and random numbers are known. */
export function createWorld(tasks: Tasks = {}) {
  const clock = new FakeClock();
  const events: HistoryEvent[] = [];
  const stored: string[] = [];
  let ids = 0;
  const host: Host = {
    clock,
    tokens: new TaskTokens(),
    region: 'eu-west-1',
    random: () => 0.5,
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    onEvent: (event) => events.push(event),
    save: (progress) => {
      stored.push(JSON.stringify(progress));
    },
    async callTask(call) {
      const task = tasks[call.stateName];
      if (task === undefined) throw new Error(`the test has no task for ${call.stateName}`);
      return (await task(call.parameters, call)) as JsonValue;
    },
  };
  return {
    clock,
    host,
    events,
    stored,
    start: (machine: JsonObject, input: JsonValue = {}) =>
      startExecution(parsed(machine), identity, input, host),
    resume: (machine: JsonObject, progress: string) =>
      resumeExecution(parsed(machine), JSON.parse(progress) as Progress, host),
    /** Moves the clock until an execution has ended. */
    async end(execution: Execution): Promise<Progress> {
      for (;;) {
        await settle();
        const { nextMs } = clock;
        if (execution.progress.status !== 'RUNNING' || nextMs === undefined) return execution.ended;
        await clock.advance(nextMs);
      }
    },
    types: () => events.map(({ type }) => type),
  };
}

export function parsed(machine: JsonObject): Definition {
  const { definition, problems } = parseDefinition(JSON.stringify(machine));
  if (definition) return definition;
  throw new Error(problems.map(({ place, message }) => `${place}: ${message}`).join('\n'));
}

/** The problems of a machine, as `place: message`. */
export const problemsOf = (machine: JsonValue): string[] =>
  (parseDefinition(JSON.stringify(machine)).problems ?? []).map(
    ({ place, message }) => `${place}: ${message}`,
  );

/** A machine of one state, which ends it unless it says where it goes. */
export function machineOf(state: JsonObject, others: JsonObject = {}, fields: JsonObject = {}): JsonObject {
  const leads = 'Next' in state || ['Choice', 'Fail', 'Succeed'].includes(String(state.Type));
  return {
    StartAt: 'First',
    States: { First: leads ? state : { ...state, End: true }, ...others },
    ...fields,
  };
}

/** Runs a machine to its end. */
export async function execute(machine: JsonObject, input: JsonValue = {}, tasks: Tasks = {}) {
  const world = createWorld(tasks);
  const { status, output, error, cause } = await world.end(world.start(machine, input));
  return { status, output, error, cause, events: world.events, types: world.types(), clock: world.clock };
}
