import { interrupted } from './interrupted.ts';
import { type System, startSystem } from './runtime.ts';
import { tellStory } from './story.ts';
import type { OrderTrace, Step } from './trace.ts';

/** How long an order may take. */
const settleMs = 15_000;

/** An order of the demo, and what its story has to be. */
interface Example {
  location: string;
  about: string;
  /** The events, each with the rules that match it, as the README's picture has them. */
  events: Readonly<Record<string, readonly string[]>>;
  /** The further steps, by kind. */
  steps: readonly Step['kind'][];
}

const examples: readonly Example[] = [
  {
    location: 'eu-west',
    about: 'an order from the EU goes through the workflow and into the table, and is dispatched',
    events: {
      'Order Placed': ['EUOrdertoStepFunctions', 'OrdertoCloudWatch'],
      'Order Processed': ['OrdertoCloudWatch', 'ProcessedOrderstoLambda'],
      'Order Dispatched': ['OrdertoCloudWatch'],
    },
    steps: ['request', 'invocation', 'event', 'execution', 'event', 'invocation', 'write', 'event'],
  },
  {
    location: 'us-east',
    about: "an order from the US goes to the partner's API",
    events: { 'Order Placed': ['OrdertoCloudWatch', 'USOrdertoAPI'] },
    steps: ['request', 'invocation', 'event'],
  },
  {
    location: 'ap-south',
    about: 'an order from elsewhere, which no fulfilment takes, waits in the queue UnroutedOrders',
    events: { 'Order Placed': ['OrdertoCloudWatch', 'UnroutedOrders'] },
    steps: ['request', 'invocation', 'event'],
  },
];

/**
 * Runs the system on a free port, places one order for each example, and tells each one's story.
 *
 * @returns whether every story is as it should be
 */
export async function runDemo({ outDir }: { outDir: string }): Promise<boolean> {
  const out = process.stdout;
  const system = await startSystem({
    outDir,
    port: 0,
    onFailure: (message) => process.stderr.write(`! ${message}\n`),
  });
  try {
    out.write(`The order system is running at ${system.endpoint}\n`);
    const ended = interrupted().then(() => {
      out.write('\nThe demo was interrupted.\n');
      return false;
    });
    return await Promise.race([tellStories(system), ended]);
  } finally {
    await system.close();
  }
}

async function tellStories(system: System): Promise<boolean> {
  const out = process.stdout;
  let good = true;
  for (const example of examples) {
    out.write(`\n${example.about}:\n`);
    const story = await placeOrder(system, example.location);
    out.write(`${tellStory(story, out)}\n`);
    const faults = findFaults(story, example);
    for (const fault of faults) process.stderr.write(`✗ ${fault}\n`);
    good &&= faults.length === 0;
  }
  out.write(
    good ? '\nAll three stories are as they should be.\n' : '\nNot every story is as it should be.\n',
  );
  return good;
}

async function placeOrder({ apiUrl, trace }: System, location: string): Promise<OrderTrace> {
  const query = new URLSearchParams({ location, category: 'office-supplies', value: '300' });
  const response = await fetch(`${apiUrl}?${query}`);
  const body = await response.text();
  if (response.status !== 202) throw new Error(`The order for ${location} got ${response.status}: ${body}`);
  const { orderId } = JSON.parse(body) as { orderId: string };
  const story = await trace.settled(orderId, settleMs);
  if (!story) throw new Error(`The order ${orderId} was accepted, and never came to the bus`);
  return story;
}

/** What in a story isn't as the example has it. */
function findFaults(
  { orderId, settled, steps }: OrderTrace,
  { location, events, steps: kinds }: Example,
): string[] {
  const faults: string[] = [];
  const expect = (good: boolean, fault: string) =>
    good || faults.push(`order ${orderId} (${location}): ${fault}`);

  expect(settled, `it didn't settle within ${settleMs} ms`);
  const actualKinds = steps.map(({ kind }) => kind).join(', ');
  expect(actualKinds === kinds.join(', '), `its steps are ${actualKinds}; expected ${kinds.join(', ')}`);

  const actualEvents = steps.flatMap((step) => (step.kind === 'event' ? [step] : []));
  for (const [detailType, rules] of Object.entries(events)) {
    const event = actualEvents.find((candidate) => candidate.detailType === detailType);
    const matched = event?.deliveries.map(({ rule }) => rule).sort() ?? [];
    expect(event !== undefined, `there is no ${detailType}`);
    expect(
      matched.join() === rules.join(),
      `${detailType} matched ${matched.join(', ') || 'nothing'}; expected ${rules.join(', ')}`,
    );
  }
  for (const step of steps) {
    if ('status' in step)
      expect(step.status !== 'failed', `the ${step.kind} failed: ${JSON.stringify(step)}`);
    if (step.kind !== 'event') continue;
    for (const { rule, target, status, error } of step.deliveries) {
      expect(status === 'delivered', `the rule ${rule} to ${target}: ${status} ${error ?? ''}`);
    }
  }
  return faults;
}
