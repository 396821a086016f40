import type { Context, Service } from '../../context.ts';
import type { Plan } from '../../plan/read-plan.ts';
import type { BindTarget } from '../../target.ts';
import { countEmbedded } from './embedded-metrics.ts';
import { type LogEvent, LogGroup } from './log-group.ts';
import { readLogGroupConfigs } from './log-group-config.ts';
import { logsOperations } from './logs-operations.ts';

export type { LogEvent } from './log-group.ts';

/** The log groups of the stack. */
export interface Logs extends Service {
  readonly target: BindTarget;
  /** Appends a line. Throws for a log group that the stack doesn't have. */
  append(group: string, logStreamName: string, message: string): void;
  /** The lines of a log group, the oldest first, or undefined when there is no such group. */
  events(group: string): Iterable<LogEvent> | undefined;
}

const eventBridge = 'events.amazonaws.com';

export function createLogs(plan: Plan, { iam, state, clock, ids, metrics }: Context): Logs {
  const createdAt = state.collection<number>('log groups');
  const groups = readLogGroupConfigs(plan).map(
    (config) =>
      new LogGroup(config, { events: state.collection(`lines of ${config.name}`), createdAt, clock, ids }),
  );
  const find = (named: string) => groups.find(({ config }) => config.name === named);

  return {
    append(named, logStreamName, message) {
      const group = find(named);
      if (!group) throw new Error(`ResourceNotFoundException: the stack has no log group ${named}`);
      group.append(logStreamName, message);
      countEmbedded(message, metrics, { now: clock.now(), ofFunctions: Date.now() });
    },
    events: (named) => find(named)?.events(),
    operations: logsOperations(groups, ids),

    /** Delivers events to a log group, a stream for each event. */
    target(arn, { ruleArn }) {
      const group = groups.find(({ config }) => config.arn === arn);
      if (!group) return undefined;
      const authorize = (eventId: string) => {
        const stream = `${arn}:log-stream:${eventId}`;
        return [
          // AWS's own policies name the rule for PutLogEvents alone. So nothing may depend on its being named here.
          iam.authorizeService(eventBridge, 'logs:CreateLogStream', stream, undefined),
          iam.authorizeService(eventBridge, 'logs:PutLogEvents', stream, ruleArn),
        ];
      };
      return {
        description: `log group ${group.config.name}`,
        authorize,
        takesEventsOnly: 'The local run sends a log group the event as it is.',
        async deliver(event, _, input) {
          authorize(event.id);
          group.append(event.id, input);
        },
      };
    },
  };
}
