/** What the tests of this folder share: small stacks, resolved, and stand-ins for the parts beside a subject. */
import { type AwsServices, createAwsProtocol } from './aws-protocol.ts';
import type { Clock } from './clock.ts';
import { AccessDeniedError, type Iam } from './iam.ts';
import type { JsonObject } from './json.ts';
import { type Plan, resolvePlan } from './plan/read-plan.ts';
import type { LocalServer } from './server.ts';
import type { BusEvent } from './services/event-bus/event-bus.ts';
import { createLogs } from './services/logs.ts';
import { createQueues } from './services/queue/queues.ts';
import { Trace } from './trace.ts';

export const region = 'eu-west-1';
export const account = '000000000000';
export const arnOf = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** A plan of a stack that has these resources, by type and id. */
export const makePlan = (resource: JsonObject, dir = '/', endpoint = 'http://127.0.0.1:4000'): Plan =>
  resolvePlan({ provider: { aws: [{ region }] }, resource }, dir, { endpoint, variables: {} });

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

export const trust = (service: string): string =>
  JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

/** Permissions that allow everything, but for the methods that are given by name: those deny. */
export function makeIam(...denied: (keyof Iam)[]): Iam {
  const decide =
    (name: keyof Iam) =>
    (...what: string[]) => {
      if (denied.includes(name)) throw new AccessDeniedError(`denied: ${what.join(' ')}`);
    };
  return {
    authorizeRole: decide('authorizeRole'),
    authorizeAssume: decide('authorizeAssume'),
    authorizeInvoke: decide('authorizeInvoke'),
    authorizeLogs: decide('authorizeLogs'),
    authorizeQueue: decide('authorizeQueue'),
  };
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

/** The services behind the AWS protocol: empty stand-ins, but for those that are given. */
export const makeServices = (given: Partial<AwsServices> = {}): AwsServices => ({
  iam: makeIam(),
  trace: new Trace(),
  buses: { putEvents: () => ({ FailedEntryCount: 0, Entries: [] }) },
  tables: {
    handle: async () => ({ status: 200, headers: {}, body: Buffer.from('{}') }),
    close: async () => {},
  },
  functions: { find: () => undefined, target: () => undefined, roleOfAccessKey: () => undefined, close() {} },
  logs: createLogs(makePlan({})),
  queues: createQueues(makePlan({}), makeIam()),
  workflows: { list: [] },
  ...given,
});

/** Makes a server answer AWS SDKs with these services, and nothing else. */
export function serveAws(server: LocalServer, services: Partial<AwsServices>): void {
  server.serve({
    aws: createAwsProtocol(makeServices(services)),
    api: { paths: [], serves: () => false, handle: () => Promise.reject(new Error('There is no API')) },
    local: () => Promise.reject(new Error('There are no local extras')),
  });
}

/** How an AWS SDK finds the local run, with the credentials that the README gives a developer. */
export const sdkConfig = ({ endpoint }: { endpoint: string }) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** A clock that stands still until it is told to go on. */
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

  /** Goes on by some time, and calls back what is due by then. */
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
