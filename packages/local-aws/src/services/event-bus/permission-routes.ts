import type { Context } from '../../context.ts';
import { AccessDeniedError, type Grant } from '../../iam.ts';
import type { LocalResponse, LocalRoutes } from '../../local-api.ts';
import type { Rule, RuleTarget } from './rule.ts';

/** What lets a rule deliver to one of its targets, or which permission is missing. */
interface TargetPermissions {
  /** The kind and the name, `function orders-persister`. */
  target: string;
  allowedBy: readonly Grant[];
  /** What AWS would say, and what the stack lacks. */
  missing?: string;
}

/** Whether a rule may deliver to its targets, and by which statements of the stack. */
export const permissionRoutes = (rules: readonly Rule[], { ids }: Pick<Context, 'ids'>): LocalRoutes => ({
  'GET /_local/rules/<name>/permissions': ({ parameters: { name = '' } }): LocalResponse => {
    const rule = rules.find((known) => known.name === name);
    if (rule)
      return {
        status: 200,
        body: { rule: name, targets: rule.targets.map((target) => ask(target, ids.uuid())) },
      };
    const known = rules.map((other) => other.name).join(', ') || 'none';
    return { status: 404, body: { message: `There is no rule ${name}. The stack has ${known}.` } };
  },
});

function ask(target: RuleTarget, eventId: string): TargetPermissions {
  try {
    return { target: target.description, allowedBy: target.authorize?.(eventId) ?? [] };
  } catch (error) {
    if (!(error instanceof AccessDeniedError)) throw error;
    return { target: target.description, allowedBy: [], missing: error.message };
  }
}
