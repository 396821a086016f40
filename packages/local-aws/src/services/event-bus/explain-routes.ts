import { explain, explainInWords } from '@orders/event-pattern';
import { isObject, type JsonObject } from '../../json.ts';
import type { LocalResponse, LocalRoutes } from '../../local-api.ts';
import type { Rule } from './rule.ts';

/** Why a rule matches an event, or doesn't: field by field, and in a sentence. */
export const explainRoutes = (rules: readonly Rule[]): LocalRoutes => ({
  'POST /_local/rules/<name>/explain {"source": "…", "detail-type": "…", "detail": {…}}': ({
    parameters: { name = '' },
    body,
  }): LocalResponse => {
    const rule = rules.find((candidate) => candidate.name === name);
    if (!rule) {
      const message = `There is no rule ${name}. The stack has ${rules.map((known) => known.name).join(', ')}.`;
      return { status: 404, body: { message } };
    }
    const event = readEvent(body.toString());
    if (!event) return { status: 400, body: { message: 'The body has to be an event, as a JSON object.' } };
    const { matches, conditions } = explain(rule.pattern, event);
    const sentence = explainInWords({ matches, conditions });
    return { status: 200, body: { rule: name, matches, sentence, conditions } };
  },
});

function readEvent(text: string): JsonObject | undefined {
  try {
    const event: unknown = JSON.parse(text);
    return isObject(event) ? event : undefined;
  } catch {
    return undefined;
  }
}
