import { AwsError } from '../aws-error.ts';
import type { Context, Service } from '../context.ts';
import { operation, parameterErrors, type ServiceOperations } from '../operation.ts';
import { type Plan, text } from '../plan/read-plan.ts';
import type { BindTarget } from '../target.ts';

/** A line of a log, as CloudWatch Logs has it. */
export interface LogEvent {
  eventId: string;
  logStreamName: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

/** The log groups of the stack. */
export interface Logs extends Service {
  readonly target: BindTarget;
  /** Every log group. */
  groups: readonly { name: string; arn: string }[];
  /** Appends a line. Throws for a log group that the stack doesn't have. */
  append(group: string, logStreamName: string, message: string): void;
  /** The lines of a log group, the oldest first, or undefined when there is no such group. */
  events(group: string): Iterable<LogEvent> | undefined;
}

/** How many lines a log group keeps. The oldest go first. */
const maxEvents = 10_000;
const eventBridge = 'events.amazonaws.com';

export function createLogs(plan: Plan, { iam, state, clock, ids }: Context): Logs {
  const groups = plan
    .resources('aws_cloudwatch_log_group')
    .map((group) => ({ name: text(group, 'name'), arn: text(group, 'arn') }));
  const linesOf = new Map(
    groups.map(({ name }) => [name, state.collection<LogEvent>(`lines of ${name}`)] as const),
  );
  const logs: Logs = {
    groups,
    append(group, logStreamName, message) {
      const lines = linesOf.get(group);
      if (!lines) throw new Error(`ResourceNotFoundException: the stack has no log group ${group}`);
      const event = { eventId: ids.uuid(), logStreamName, timestamp: clock.now(), message };
      lines.set(event.eventId, event);
      for (const oldest of lines.size > maxEvents ? lines.keys() : []) {
        lines.delete(oldest);
        break;
      }
    },
    events: (group) => linesOf.get(group)?.values(),

    /** Delivers events to a log group, a stream for each event. */
    target(arn, { ruleArn }) {
      const group = groups.find((candidate) => candidate.arn === arn);
      if (!group) return undefined;
      return {
        description: `log group ${group.name}`,
        async deliver(event) {
          for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents']) {
            iam.authorizeService(eventBridge, action, `${arn}:log-stream:${event.id}`, ruleArn);
          }
          logs.append(group.name, event.id, JSON.stringify(event));
        },
      };
    },
  };
  return { ...logs, operations: logsOperations(logs) };
}

/** The operations of CloudWatch Logs, as far as `aws logs tail` needs them. */
const logsOperations = (logs: Logs): ServiceOperations => ({
  target: 'Logs_20140328',
  action: 'logs',
  errors: parameterErrors('InvalidParameterException'),
  operations: {
    DescribeLogGroups: operation({}, (_, { authorize }) => {
      authorize('*');
      return {
        logGroups: logs.groups.map(({ name, arn }) => ({
          logGroupName: name,
          arn: `${arn}:*`,
          logGroupArn: arn,
        })),
      };
    }),

    FilterLogEvents: operation(
      {
        logGroupName: { type: 'text' },
        logGroupIdentifier: { type: 'text' },
        logStreamNames: { type: 'texts' },
        startTime: { type: 'integer', min: 0 },
        endTime: { type: 'integer', min: 0 },
        limit: { type: 'integer', min: 1, max: 10_000 },
        interleaved: { type: 'boolean' },
        // The AWS CLI sends an empty one; it matches everything.
        filterPattern: { type: 'text', oneOf: [''] },
      },
      (input, { authorize }) => {
        const { logStreamNames, startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = 10_000 } = input;
        const named = input.logGroupName ?? input.logGroupIdentifier ?? '';
        const group = logs.groups.find(({ name, arn }) => name === named || arn === named);
        if (!group) {
          throw new AwsError('ResourceNotFoundException', `The specified log group does not exist: ${named}`);
        }
        authorize(`${group.arn}:*`);
        const events = [...(logs.events(group.name) ?? [])]
          .filter(({ logStreamName }) => logStreamNames?.includes(logStreamName) ?? true)
          .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
          .slice(0, limit)
          .map((event) => ({ ...event, ingestionTime: event.timestamp }));
        return { events, searchedLogStreams: [] };
      },
    ),
  },
});
