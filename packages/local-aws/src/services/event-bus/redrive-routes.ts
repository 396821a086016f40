import type { Context } from '../../context.ts';
import { isObject } from '../../json.ts';
import type { LocalRoutes } from '../../local-api.ts';
import type { RuleQueue } from '../../target.ts';
import { type ChosenLetter, redrive } from './redrive.ts';
import type { Rule } from './rule.ts';

/**
 * Sends the dead letters of a rule to its own target again, and says what came of each: all of them, or those that the
 * body names, each as it is or with another event.
 */
export function redriveRoutes(rules: readonly Rule[], context: Context): LocalRoutes {
  const queues = new Map<string, RuleQueue>();
  for (const { deadLetters } of rules.flatMap(({ targets }) => targets))
    if (deadLetters) queues.set(deadLetters.name, deadLetters);
  /** The queues that are being redriven: a second redrive would deliver everything twice. */
  const busy = new Set<string>();

  return {
    'POST /_local/queues/<name>/redrive {"messages": [{"id": "…"}]}': async ({
      parameters: { name = '' },
      body,
    }) => {
      const queue = queues.get(name);
      if (!queue) {
        const known = [...queues.keys()].join(', ') || 'none';
        const message = `${name} isn't the dead-letter queue of a rule. The stack has ${known}.`;
        return { status: 404, body: { message } };
      }
      const chosen = readChosen(body.toString());
      if (chosen === 'unreadable') return { status: 400, body: { message: allowedBody } };
      if (busy.has(name)) {
        return {
          status: 409,
          body: { message: `${name} is being redriven. Ask again when that has ended.` },
        };
      }
      busy.add(name);
      try {
        const messages = await redrive(queue, rules, context, chosen);
        const delivered = messages.filter(({ status }) => status === 'delivered').length;
        return { status: 200, body: { queue: name, delivered, left: queue.waiting().length, messages } };
      } finally {
        busy.delete(name);
      }
    },
  };
}

const allowedBody =
  'Allowed is no body, for all messages, or {"messages": [{"id": "<the id of a message>", "event": <an event instead of ' +
  'its own, optional>}]}.';

/** @returns undefined for all messages */
function readChosen(body: string): ChosenLetter[] | undefined | 'unreadable' {
  if (body.trim() === '') return undefined;
  let asked: unknown;
  try {
    asked = JSON.parse(body);
  } catch {
    return 'unreadable';
  }
  if (!isObject(asked)) return 'unreadable';
  const { messages, ...others } = asked;
  if (Object.keys(others).length > 0) return 'unreadable';
  if (messages === undefined) return undefined;
  const chosen: unknown[] = Array.isArray(messages) ? messages : [undefined];
  return chosen.every(isChosen) ? chosen : 'unreadable';
}

const isChosen = (value: unknown): value is ChosenLetter =>
  isObject(value) && typeof value.id === 'string' && (value.event === undefined || isObject(value.event));
