import type { Ids } from '../../ids.ts';
import { operation, type ServiceOperations } from '../../operation.ts';
import { eventOperations } from './event-operations.ts';
import type { LogEvent, LogGroup } from './log-group.ts';
import {
  groupOf,
  groupParameters,
  invalidParameter,
  logsParameterErrors,
  pageOfDescribed,
  pageParameters,
} from './logs-request.ts';
import { queryOperations } from './query-operations.ts';

/** The operations of CloudWatch Logs, as far as people read logs with them. */
export const logsOperations = (groups: readonly LogGroup[], ids: Ids): ServiceOperations => ({
  target: 'Logs_20140328',
  action: 'logs',
  errors: logsParameterErrors,
  operations: {
    DescribeLogGroups: operation(
      {
        logGroupNamePrefix: { type: 'text' },
        logGroupNamePattern: { type: 'text' },
        ...pageParameters,
      },
      (input, { authorize }) => {
        const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
        authorize('*');
        if (prefix !== undefined && pattern !== undefined) {
          throw invalidParameter(
            'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
          );
        }
        const found = groups
          .filter(({ config: { name } }) => name.startsWith(prefix ?? ''))
          // A pattern is a part of the name, whatever its case.
          .filter(({ config: { name } }) => name.toLowerCase().includes((pattern ?? '').toLowerCase()))
          .sort((a, b) => (a.config.name < b.config.name ? -1 : 1));
        const { page, next } = pageOfDescribed(found, input);
        return { logGroups: page.map(describeGroup), ...next };
      },
    ),

    DescribeLogStreams: operation(
      {
        ...groupParameters,
        logStreamNamePrefix: { type: 'text' },
        orderBy: { type: 'text', oneOf: ['LogStreamName', 'LastEventTime'] },
        descending: { type: 'boolean' },
        ...pageParameters,
      },
      (input, call) => {
        const { logStreamNamePrefix: prefix = '', orderBy = 'LogStreamName', descending = false } = input;
        const group = groupOf(groups, input, call);
        const byTime = orderBy === 'LastEventTime';
        if (byTime && prefix !== '') {
          throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
        }
        const streams = streamsOf(group)
          .filter(({ logStreamName }) => logStreamName.startsWith(prefix))
          .sort(byTime ? (a, b) => a.lastEventTimestamp - b.lastEventTimestamp : byName);
        const ordered = descending ? streams.reverse() : streams;
        const { page, next } = pageOfDescribed(ordered, input);
        return { logStreams: page, ...next };
      },
    ),

    ...eventOperations(groups),
    ...queryOperations(groups, ids),
  },
});

const byName = (a: Stream, b: Stream) => (a.logStreamName < b.logStreamName ? -1 : 1);

const describeGroup = ({ config: { name, arn, retentionInDays }, createdAt }: LogGroup) => ({
  logGroupName: name,
  creationTime: createdAt,
  ...(retentionInDays !== undefined && { retentionInDays }),
  metricFilterCount: 0,
  arn: `${arn}:*`,
  storedBytes: 0,
  logGroupClass: 'STANDARD',
  logGroupArn: arn,
  deletionProtectionEnabled: false,
});

interface Stream {
  logStreamName: string;
  lastEventTimestamp: number;
}

/** The streams of a group, as far as it has lines of them. */
function streamsOf(group: LogGroup): Stream[] {
  const ends = new Map<string, { first: LogEvent; last: LogEvent }>();
  for (const event of group.events()) {
    ends.set(event.logStreamName, { first: ends.get(event.logStreamName)?.first ?? event, last: event });
  }
  return [...ends].map(([logStreamName, { first, last }]) => ({
    logStreamName,
    creationTime: first.timestamp,
    firstEventTimestamp: first.timestamp,
    lastEventTimestamp: last.timestamp,
    lastIngestionTime: last.timestamp,
    arn: `${group.config.arn}:log-stream:${logStreamName}`,
    // As CloudWatch Logs has it since 2019.
    storedBytes: 0,
  }));
}
