import { AwsError } from '../aws-error.ts';
import type { Iam } from '../iam.ts';
import type { JsonObject } from '../json.ts';
import { type Plan, text } from '../plan/read-plan.ts';
import type { BindTarget } from './event-bus/event-bus.ts';

/** A line of a log, as CloudWatch Logs has it. */
export interface LogEvent {
  logStreamName: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

/** The log groups of the stack, in memory. */
export interface Logs {
  /** Every log group. */
  groups(): readonly { name: string; arn: string }[];
  /** The name of the log group with this ARN, or undefined. */
  groupOf(arn: string): string | undefined;
  /** Appends a line. Throws for a log group that the stack doesn't have. */
  append(group: string, logStreamName: string, message: string): void;
  /** The lines of a log group, the oldest first, or undefined when there is no such group. */
  events(group: string): readonly LogEvent[] | undefined;
}

/** How many lines a log group keeps; the oldest go first. */
const maxEvents = 10_000;

export function createLogs(plan: Plan): Logs {
  const groups = plan
    .resources('aws_cloudwatch_log_group')
    .map((group) => ({ name: text(group, 'name'), arn: text(group, 'arn') }));
  const events = new Map(groups.map(({ name }) => [name, [] as LogEvent[]]));

  return {
    groups: () => groups,
    groupOf: (arn) => groups.find((group) => group.arn === arn)?.name,
    append(group, logStreamName, message) {
      const list = events.get(group);
      if (!list) throw new Error(`ResourceNotFoundException: the stack has no log group ${group}`);
      list.push({ logStreamName, timestamp: Date.now(), message });
      if (list.length > maxEvents) list.shift();
    },
    events: (group) => events.get(group),
  };
}

/** The operation DescribeLogGroups. */
export const describeLogGroups = (logs: Logs): object => ({
  logGroups: logs
    .groups()
    .map(({ name, arn }) => ({ logGroupName: name, arn: `${arn}:*`, logGroupArn: arn })),
});

/**
 * The operation FilterLogEvents, as far as `aws logs tail` needs it: by log stream and time.
 *
 * @param authorize called with the log group's ARN; throws when the caller may not read it
 * @throws {AwsError} for an unknown log group, and for a filter that isn't known here
 */
export function filterLogEvents(logs: Logs, input: JsonObject, authorize: (arn: string) => void): object {
  const { logGroupName, logGroupIdentifier, logStreamNames, startTime, endTime, filterPattern, ...others } =
    input;
  const { limit = 10_000, interleaved: _, ...unknown } = others;
  if (filterPattern || Object.keys(unknown).length > 0) {
    throw new AwsError(
      'InvalidParameterException',
      `The local run filters by log stream and time only, received ${JSON.stringify({ filterPattern, ...unknown })}`,
    );
  }
  const named = String(logGroupName ?? logGroupIdentifier);
  const group = logs.groups().find(({ name, arn }) => name === named || arn === named);
  const events = group && logs.events(group.name);
  if (!events) {
    throw new AwsError('ResourceNotFoundException', `The specified log group does not exist: ${named}`);
  }
  authorize(group.arn);
  const found = events
    .filter(({ logStreamName }) => !Array.isArray(logStreamNames) || logStreamNames.includes(logStreamName))
    .filter(
      ({ timestamp }) =>
        timestamp >= Number(startTime ?? 0) && timestamp <= Number(endTime ?? Number.POSITIVE_INFINITY),
    )
    .slice(0, Number(limit));
  return {
    events: found.map((event, index) => ({
      ...event,
      eventId: `${event.timestamp}-${index}`,
      ingestionTime: event.timestamp,
    })),
    searchedLogStreams: [],
  };
}

const eventBridge = 'events.amazonaws.com';

/** Delivers events to a log group, a stream for each event. */
export const logGroupTarget =
  (logs: Logs, iam: Iam): BindTarget =>
  (arn) => {
    const group = logs.groupOf(arn);
    if (group === undefined) return undefined;
    return {
      description: `log group ${group}`,
      async deliver(event) {
        iam.authorizeLogs(eventBridge, 'logs:CreateLogStream', `${arn}:log-stream:${event.id}`);
        iam.authorizeLogs(eventBridge, 'logs:PutLogEvents', `${arn}:log-stream:${event.id}`);
        logs.append(group, event.id, JSON.stringify(event));
      },
    };
  };
