import { isObject, type JsonObject } from '../../json.ts';
import type { LocalResponse, LocalRoutes } from '../../local-api.ts';
import { explainRule, UnknownRuleError } from './explain-rule.ts';
import type { RulePattern } from './rule-pattern.ts';

/** Why a rule matches an event, or doesn't: field by field, and in a sentence. */
export const explainRoutes = (rules: readonly RulePattern[]): LocalRoutes => ({
  'POST /_local/rules/<name>/explain {"source": "…", "detail-type": "…", "detail": {…}}': ({
    parameters: { name = '' },
    body,
  }): LocalResponse => {
    const event = readEvent(body.toString());
    if (!event) return { status: 400, body: { message: 'The body has to be an event, as a JSON object.' } };
    try {
      return { status: 200, body: explainRule(rules, name, event) };
    } catch (error) {
      if (!(error instanceof UnknownRuleError)) throw error;
      return { status: 404, body: { message: error.message } };
    }
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
