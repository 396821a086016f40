import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@orders/local-aws';
import { startTestSystem, type TestSystem } from '../src/testing/index.ts';
import { putEvent } from './put-event.ts';
import { makeStackFolder, readOriginal, removeRuleOf, type Stack } from './stack-copy.ts';

/**
 * Every permission that the stack gives, read from the stack. Without it, the local run refuses what AWS would refuse, and
 * names what the stack lacks.
 *
 * A run without all of them refuses the first ones that are asked for. The next run has these again, and so on, until each
 * was refused: that takes a few runs, and not one for each.
 */

const order = { location: 'eu-west', category: 'office-supplies', value: 300 };

/** One permission of the stack. */
interface Grant {
  /** The resource that gives it, and what it gives: `aws_iam_role_policy.producer_… events:PutEvents`. */
  name: string;
  action: string;
  /** What a refusal for the lack of it says. */
  refusal: RegExp;
  remove(stack: Stack): void;
}

const original = readOriginal();

interface Statement {
  Action: string | string[];
}

/** The resources that have a policy document, and the argument that it is in. */
const documents = {
  aws_iam_role: 'assume_role_policy',
  aws_iam_role_policy: 'policy',
  aws_sqs_queue_policy: 'policy',
  aws_cloudwatch_log_resource_policy: 'policy_document',
};

const actionsOf = ({ Action }: Statement) => [Action].flat();
const readStatements = (config: JsonObject, argument: string) =>
  (JSON.parse(String(config[argument])) as { Statement: Statement[] }).Statement;

/** A grant for each action of each statement of a policy. */
const grantsOf = (type: string, id: string, argument: string): Grant[] =>
  readStatements(original.resource[type]?.[id] ?? {}, argument).flatMap((statement, index) =>
    actionsOf(statement).map((action) => ({
      name: `${type}.${id} ${action}`,
      action,
      refusal: new RegExp(
        `is not authorized to perform: ${action} on .*What the stack lacks is .*${type}\\.${id}\\b`,
      ),
      remove({ resource }) {
        const config = resource[type]?.[id] ?? {};
        const Statement = readStatements(config, argument).map((each, at) =>
          at === index ? { ...each, Action: actionsOf(each).filter((other) => other !== action) } : each,
        );
        config[argument] = JSON.stringify({ Statement });
      },
    })),
  );

/** A permission on a function is a statement of its own. */
function permission(id: string, { action, principal, function_name: reference }: JsonObject): Grant {
  const functionId = /aws_lambda_function\.([\w-]+)\./.exec(String(reference))?.[1] ?? '';
  const { function_name: name } = original.resource.aws_lambda_function?.[functionId] ?? {};
  return {
    name: `aws_lambda_permission.${id}`,
    action: String(action),
    refusal: new RegExp(
      `${principal} is not authorized to perform: ${action} on resource: \\S+:${name} for .*aws_lambda_permission`,
    ),
    remove: ({ resource }) => {
      delete resource.aws_lambda_permission?.[id];
    },
  };
}

const idsOf = (type: string) => Object.keys(original.resource[type] ?? {});

const all: Grant[] = [
  ...Object.entries(documents).flatMap(([type, argument]) =>
    idsOf(type).flatMap((id) => grantsOf(type, id, argument)),
  ),
  ...Object.entries(original.resource.aws_lambda_permission ?? {}).map(([id, config]) =>
    permission(id, config),
  ),
];

/** AWS refuses nothing for the lack of these: traces are missing, and nobody says so. */
const isSilent = ({ action, name }: Grant) =>
  action.startsWith('xray:') && (action !== 'xray:PutTraceSegments' || name.includes('.workflow_'));
const grants = all.filter((grant) => !isSilent(grant));

const { dir, write } = makeStackFolder();
/** What was refused, by the name of the grant. */
const refusals = new Map<string, string>();

beforeAll(async () => {
  let progress = true;
  while (progress) {
    const removed = grants.filter(({ name }) => !refusals.has(name));
    const lines = removed.length > 0 ? await refusalsWithout(removed) : [];
    const before = refusals.size;
    for (const { name, refusal } of removed) {
      const line = lines.find((each) => refusal.test(each));
      if (line !== undefined) refusals.set(name, line);
    }
    progress = refusals.size > before;
  }
}, 300_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What a stack without these grants refuses, at its start or while orders of every kind go through it. */
async function refusalsWithout(removed: readonly Grant[]): Promise<readonly string[]> {
  const stack = structuredClone(original);
  for (const { remove } of removed) remove(stack);
  const lacks = (parts: RegExp) => removed.some(({ name }) => parts.test(name));
  // A function takes longer than the rest. One that lacks nothing any more has nothing to do.
  if (!lacks(/tracker/i)) removeRuleOf(stack.resource, 'OrdertoTracker');
  write(stack);
  let system: TestSystem;
  try {
    system = await startTestSystem({ outDir: dir, findSourceLine: () => undefined });
  } catch (error) {
    return [String(error)];
  }
  try {
    if (lacks(/producer|status|api/)) await useApi(system);
    await useBus(system);
    return system.failures;
  } finally {
    await system.close();
  }
}

const orderId = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A location for each prefix that a rule has, and one that only the rule for the rest takes. */
const locations = [
  ...new Set(
    Object.values(original.resource.aws_cloudwatch_event_rule ?? {}).flatMap((rule) => {
      const { detail = {} } = JSON.parse(String(rule.event_pattern)) as { detail?: JsonObject };
      const [prefix] = [detail.location ?? []].flat().flatMap((each) => prefixIn(each));
      return prefix === undefined ? [] : [prefix.endsWith('-') ? `${prefix}east` : prefix];
    }),
  ),
  'aq-south',
];

function prefixIn(comparison: unknown): string[] {
  const { prefix } = Object(comparison) as { prefix?: unknown };
  return typeof prefix === 'string' ? [prefix] : [];
}

/** An order by the API, and a question for its status. */
async function useApi(system: TestSystem): Promise<void> {
  await system.sendOrder(order);
  await fetch(`${system.apiUrl}/orders/${orderId}`);
}

/** On the bus, for whoever an order of the API doesn't get to, an order for each fulfilment, and one that was processed twice. */
async function useBus(system: TestSystem): Promise<void> {
  const publish = async (detailType: string, detail: object) => {
    await putEvent(system, detailType, detail);
    await system.trace.idle();
  };
  for (const location of locations) await publish('Order Placed', { ...order, location, orderId });
  const processed = { OrderId: orderId, OrderDetails: order };
  await publish('Order Processed', processed);
  await publish('Order Processed', processed);
  await system.settled();
}

test('the stack gives permissions of every kind, and AWS refuses aloud without most of them', () => {
  const kinds = new Set(grants.map(({ name }) => name.split('.')[0]));
  expect([...kinds].sort()).toEqual([...Object.keys(documents), 'aws_lambda_permission'].sort());
  expect(grants.length).toBeGreaterThan(40);
  expect(all.length - grants.length).toBeLessThan(all.length / 4);
});

describe('the local run refuses, and names what the stack lacks, without', () => {
  test.each(grants.map(({ name }) => name))('%s', (name) => {
    expect(refusals.has(name)).toBe(true);
  });
});

describe("a refusal is in the stack's own words for what a construct gets by `allow`", () => {
  // The construct adds its log, its traces and its queue by itself, and a rule what its target needs.
  const allowed = grants.filter(
    ({ name, action }) => /^aws_iam_role_policy\.(?!bus_)/.test(name) && !/^(logs|xray|sqs):/.test(action),
  );

  test.each(allowed.map(({ name, action }) => [name, action]))('%s', (name, action) => {
    const owner = /^aws_iam_role_policy\.(\w+)_role_policy_/.exec(name)?.[1];
    expect(refusals.get(name)).toMatch(
      new RegExp(`lacks is \`allow: \\[\\w+\\.allow\\w*\\(('${action}')?\\)\\]\` of ${owner}, which makes `),
    );
  });
});
