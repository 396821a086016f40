/** What the tests of this folder share: small stacks, resolved, and stand-ins for the parts beside a subject. */
import { createDispatch } from './aws.ts';
import { createAwsProtocol } from './aws-protocol.ts';
import type { Clock } from './clock.ts';
import type { Context, Service } from './context.ts';
import { createFaults } from './faults/faults.ts';
import { createFunctionCrashes } from './faults/function-crashes.ts';
import { AccessDeniedError, type Grant, type Iam } from './iam.ts';
import { systemIds } from './ids.ts';
import type { JsonObject } from './json.ts';
import { MetricStore } from './metrics/metric-store.ts';
import { type Plan, resolvePlan } from './plan/read-plan.ts';
import type { LocalServer } from './server.ts';
import { shown } from './shown-by.ts';
import { createState } from './state/state.ts';
import { storySteps, type TimedStep } from './story-steps.ts';
import type { BusEvent, Target } from './target.ts';
import { Trace } from './trace.ts';

export { systemIds } from './ids.ts';
export { limitEdges, resourceWith } from './plan/limit-edges.ts';
export { readStack, resolvePlan } from './plan/read-plan.ts';
export { resourceTypes } from './plan/resource-types.ts';
export { Stories } from './stories.ts';
export { Trace } from './trace.ts';

export const region = 'eu-west-1';
export const account = '000000000000';
export const arnOf = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** A plan of a stack that has these resources, by type and id. */
export const makePlan = (resource: JsonObject, dir = '/', endpoint = 'http://127.0.0.1:4000'): Plan =>
  resolvePlan({ json: { provider: { aws: [{ region }] }, resource }, dir }, { endpoint, variables: {} });

/** A policy document as text; `statement` over one that allows everything. */
export const policy = (...statements: JsonObject[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
      ...statement,
    })),
  });

export const trust = (service: string, more: JsonObject = {}): string =>
  JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', ...more }],
  });

/** A permission, for a test that doesn't look at it. */
export const someGrant: Grant = { action: 's:Do', address: 'aws_iam_role_policy.p', statement: {} };

/** Permissions that allow everything, except the actions that are given: `sts:AssumeRole`. */
export function makeIam(...denied: string[]): Iam {
  const sessions = new Map<string, string>();
  const decide =
    (actionAt: number) =>
    (...what: (string | undefined)[]) => {
      const action = what[actionAt] ?? '';
      if (denied.includes(action)) throw new AccessDeniedError(`denied: ${what.join(' ')}`, action);
      return someGrant;
    };
  return {
    authorizeRole: decide(1),
    authorizeService: decide(1),
    openSession(roleArn) {
      const key = `KEY${sessions.size}`;
      sessions.set(key, roleArn);
      return key;
    },
    roleOfAccessKey: (key) => sessions.get(key),
  };
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** A context for one service. */
export interface TestContext extends Context {
  /** What the service reported as failed. */
  failures: string[];
}

/** A context of a state of its own, in which everything is allowed, and whose clock is the system's. */
export function makeContext(changes: Partial<Context> = {}): TestContext {
  const failures: string[] = [];
  const clock = changes.clock ?? systemClock;
  const trace = changes.trace ?? new Trace(clock, systemIds);
  const faults = changes.faults ?? createFaults(undefined, trace, systemIds);
  return {
    state: createState(),
    trace,
    metrics: new MetricStore(clock.now),
    faults,
    crashes: createFunctionCrashes(faults),
    clock,
    ids: systemIds,
    iam: makeIam(),
    callAws: (target) => Promise.reject(new Error(`Nobody answers ${target} in this test`)),
    onFailure: (message) => failures.push(message),
    onLog: () => {},
    findSourceLine: () => undefined,
    failures,
    ...changes,
  };
}

/** The sums of what a service has counted, by the names of its metrics. */
export const countsOf = ({ metrics }: Pick<Context, 'metrics'>, service: string): Record<string, number> =>
  Object.fromEntries(
    metrics
      .all()
      .filter(({ namespace }) => namespace === service)
      .map(({ name, minutes }) => [name, [...minutes.values()].reduce((total, { sum }) => total + sum, 0)]),
  );

/** The steps of a flow, as its story has them. */
export const stepsOf = (trace: Trace, flowId: string): TimedStep[] => storySteps(trace.entriesOf(flowId));

/** Waits until nothing of a flow runs any more, and gives its steps. */
export async function settledSteps(trace: Trace, flowId: string): Promise<TimedStep[]> {
  await until(() => trace.isSettled(flowId), `the flow ${flowId} has settled`);
  return stepsOf(trace, flowId);
}

/** An event as a bus delivers it. */
export const makeEvent = (changes: Partial<BusEvent> = {}): BusEvent => ({
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'Order Placed',
  source: 'com.aws.orders',
  account,
  time: '2026-11-22T12:00:00Z',
  region,
  resources: [],
  detail: { orderId: 'o-1', location: 'eu-west' },
  ...changes,
});

/** Delivers an event as it is, as a rule's target does that changes nothing. */
export const deliverTo = async (target: Target | undefined, event: BusEvent, flowId: string): Promise<void> =>
  target?.deliver(event, flowId, JSON.stringify(event));

/** The AWS protocol before these services, and nothing else. */
export function makeProtocol(services: readonly Service[], { iam, trace }: Pick<Context, 'iam' | 'trace'>) {
  const operations = services.flatMap((service) => service.operations ?? []).map(shown);
  return createAwsProtocol({ dispatch: createDispatch(operations, iam), iam, trace });
}

/** Makes a server answer AWS SDKs with these services, and nothing else. */
export function serveAws(
  server: LocalServer,
  services: readonly Service[],
  context: Pick<Context, 'iam' | 'trace'>,
): void {
  server.serve([makeProtocol(services, context)], []);
}

/**
 * Calls operations as an AWS SDK does, less the connection.
 *
 * @returns calls by `x-amz-target`; text is sent as it is
 */
export function makeCaller(services: readonly Service[], context: Pick<Context, 'iam' | 'trace'>) {
  const answer = makeProtocol(services, context);
  return async (target: string, input: unknown, headers: Record<string, string> = {}) => {
    const response = await answer({
      method: 'POST',
      path: '/',
      rawQueryString: '',
      headers: { 'x-amz-target': target, ...headers },
      body: Buffer.from(typeof input === 'string' ? input : JSON.stringify(input)),
      sourceIp: '127.0.0.1',
    });
    if (!response) throw new Error(`The AWS protocol doesn't answer ${target}`);
    return {
      status: response.status,
      headers: response.headers,
      output: JSON.parse(response.body.toString()) as JsonObject,
    };
  };
}

/** How an AWS SDK finds the local run, with the credentials that the README gives a developer. */
export const sdkConfig = ({ endpoint }: { endpoint: string }) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** A clock that moves only when a test moves it. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 10, 22, 12);
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now = (): number => this.#now;

  after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** How many callbacks are still to come. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Moves on by some time, and calls back what is due by then. */
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

/** Waits until something holds, looking again and again; throws when it doesn't come to hold. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  // Before jest does, which could not say what for.
  const giveUpAt = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`It never came to be that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
