import type { Context } from '../../context.ts';
import type { LocalRoutes } from '../../local-api.ts';
import type { RuleQueue } from '../../target.ts';
import { redrive } from './redrive.ts';
import type { Rule } from './rule.ts';

/** Sends the dead letters of a rule to its own target again, and says what came of each. */
export function redriveRoutes(rules: readonly Rule[], context: Context): LocalRoutes {
  const queues = new Map<string, RuleQueue>();
  for (const { deadLetters } of rules.flatMap(({ targets }) => targets))
    if (deadLetters) queues.set(deadLetters.name, deadLetters);
  /** The queues that are being redriven: a second redrive would deliver everything twice. */
  const busy = new Set<string>();

  return {
    'POST /_local/queues/<name>/redrive': async ({ parameters: { name = '' } }) => {
      const queue = queues.get(name);
      if (!queue) {
        const known = [...queues.keys()].join(', ') || 'none';
        const message = `${name} isn't the dead-letter queue of a rule. The stack has ${known}.`;
        return { status: 404, body: { message } };
      }
      if (busy.has(name)) {
        return {
          status: 409,
          body: { message: `${name} is being redriven. Ask again when that has ended.` },
        };
      }
      busy.add(name);
      try {
        const messages = await redrive(queue, rules, context);
        const delivered = messages.filter(({ status }) => status === 'delivered').length;
        return { status: 200, body: { queue: name, delivered, left: queue.waiting().length, messages } };
      } finally {
        busy.delete(name);
      }
    },
  };
}
