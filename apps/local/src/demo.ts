import type { LocalAws, Story } from '@orders/local-aws';
import { interrupted } from './interrupted.ts';
import { tellProblem } from './log-lines.ts';
import { findSourceLine, startOrderSystem } from './order-system.ts';
import { tellStory } from './story.ts';

/** How long an order may take. */
const settleMs = 15_000;

/** The orders of the demo, by location. */
const examples = [
  {
    location: 'eu-west',
    about: 'An order from the EU goes through the workflow and into the table, and is dispatched:',
  },
  { location: 'us-east', about: "An order from the US goes to the partner's API:" },
  {
    location: 'aq-south',
    about: 'An order from elsewhere, which no fulfilment takes, waits in the queue UnroutedOrders:',
  },
] as const;

/**
 * Runs the system on a free port, places an order for each example, and tells its story.
 *
 * @returns whether every order settled, and nothing in its story failed
 */
export async function runDemo({ outDir }: { outDir: string }): Promise<boolean> {
  const out = process.stdout;
  const system = await startOrderSystem({
    outDir,
    port: 0,
    onFailure: (message) => process.stderr.write(`! ${message}\n`),
    onLog(line) {
      const told = tellProblem(line, findSourceLine, process.stderr);
      if (told !== undefined) process.stderr.write(`${told}\n`);
    },
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

async function tellStories(system: LocalAws): Promise<boolean> {
  const out = process.stdout;
  let good = true;
  for (const { about, location } of examples) {
    out.write(`\n${about}\n`);
    const story = await placeOrder(system, location);
    out.write(`${tellStory(story, out)}\n`);
    for (const fault of findFaults(story)) {
      good = false;
      process.stderr.write(`✗ order ${story.subject} (${location}): ${fault}\n`);
    }
  }
  out.write(good ? '\nAll orders arrived.\n' : '\nNot every order arrived.\n');
  return good;
}

async function placeOrder({ endpoint, apiUrl, stories }: LocalAws, location: string): Promise<Story> {
  const query = new URLSearchParams({ location, category: 'office-supplies', value: '300' });
  // The API of prod asks for it, that of dev ignores it.
  const token = await (await fetch(`${endpoint}/_local/issuer/token`, { method: 'POST' })).text();
  const response = await fetch(`${apiUrl}?${query}`, {
    headers: { authorization: `Bearer ${token.trim()}` },
  });
  const body = await response.text();
  if (response.status !== 202) throw new Error(`The order for ${location} got ${response.status}: ${body}`);
  const { orderId } = JSON.parse(body) as { orderId: string };
  const story = await stories.settled(orderId, settleMs);
  if (!story) throw new Error(`The order ${orderId} was accepted, and never came to the bus`);
  return story;
}

/** What keeps a story from being one of an order that arrived. */
export function findFaults({ settled, steps }: Story): string[] {
  const faults: string[] = settled ? [] : [`it didn't settle within ${settleMs} ms`];
  for (const step of steps) {
    if (step.kind === 'event') {
      if (step.deliveries.length === 0) faults.push(`no rule matched ${step.detailType}`);
      for (const { rule, target, status, error } of step.deliveries) {
        if (status !== 'delivered') faults.push(`the rule ${rule} to ${target}: ${error ?? status}`);
      }
    } else if ('status' in step && (step.status === 'failed' || step.status === 'running')) {
      faults.push(`the ${step.kind} ${JSON.stringify(step)}`);
    }
  }
  return faults;
}
