/** What the tests of this folder share: small stacks, resolved, and stand-ins for the parts beside a subject. */
import { AccessDeniedError, type Iam } from './iam.ts';
import type { JsonObject } from './json.ts';
import { type Plan, resolvePlan } from './plan/read-plan.ts';
import type { BusEvent } from './services/event-bus/event-bus.ts';

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

/** Waits until something holds, looking again and again; throws when it doesn't come to hold. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const giveUpAt = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`It never came to be that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
