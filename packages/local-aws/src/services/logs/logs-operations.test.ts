import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  type DescribeLogStreamsCommandInput,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { type LocalServer, listen } from '../../server.ts';
import {
  arnOf,
  FakeClock,
  makeCaller,
  makeContext,
  makeIam,
  makePlan,
  sdkConfig,
  serveAws,
} from '../../testing.ts';
import { createLogs } from './logs.ts';

const arn = arnOf('logs', 'log-group:/aws/a');
const plan = makePlan({
  aws_cloudwatch_log_group: {
    b: { name: '/aws/b' },
    a: { name: '/aws/a', retention_in_days: 14 },
    big: { name: 'big' },
  },
});

/** The operations as a client finds them: the AWS SDK before the server. Three lines, a millisecond apart. */
let server: LocalServer;
let client: CloudWatchLogsClient;
const clock = new FakeClock();
const first = clock.now();
const last = first + 2;
const context = makeContext({ clock });
const logs = createLogs(plan, context);
beforeAll(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  for (const [stream, message] of [
    ['s1', 'a'],
    ['s2', 'b'],
    ['s1', 'c'],
  ] as const) {
    logs.append('/aws/a', stream, message);
    clock.advance(1);
  }
  for (let line = 0; line < 3; line += 1) logs.append('big', 's', String(line).padEnd(600_000));
  serveAws(server, [logs], context);
  client = new CloudWatchLogsClient(sdkConfig(server));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const group = { logGroupName: '/aws/a' };
const filter = (input: Partial<FilterLogEventsCommandInput> = {}) =>
  client.send(new FilterLogEventsCommand({ ...group, ...input }));
const get = (input: Partial<GetLogEventsCommandInput> = {}) =>
  client.send(new GetLogEventsCommand({ ...group, logStreamName: 's1', ...input }));
const describeStreams = (input: Partial<DescribeLogStreamsCommandInput> = {}) =>
  client.send(new DescribeLogStreamsCommand({ ...group, ...input }));
const messagesOf = ({ events }: { events?: { message?: string | undefined }[] | undefined }) =>
  events?.map(({ message }) => message);

describe('FilterLogEvents', () => {
  test.each<[string, Partial<FilterLogEventsCommandInput>, string[]]>([
    ['a group', {}, ['a', 'b', 'c']],
    ['a group by its ARN', { logGroupName: undefined, logGroupIdentifier: arn }, ['a', 'b', 'c']],
    [
      'a group by its name for an identifier',
      { logGroupName: undefined, logGroupIdentifier: '/aws/a' },
      ['a', 'b', 'c'],
    ],
    ['streams', { logStreamNames: ['s1'] }, ['a', 'c']],
    ['streams that begin alike', { logStreamNamePrefix: 's2' }, ['b']],
    ['a number of lines', { limit: 2 }, ['a', 'b']],
    ['a time that is over', { endTime: first - 1 }, []],
    ['a time to come', { startTime: last + 1 }, []],
    ['a time, both of its ends', { startTime: first + 1, endTime: last }, ['b', 'c']],
    ['the empty pattern and interleaved lines', { filterPattern: '', interleaved: true }, ['a', 'b', 'c']],
    ['a pattern', { filterPattern: '?a ?b' }, ['a', 'b']],
  ])('gives the lines of %s', async (_, input, messages) => {
    expect(messagesOf(await filter(input))).toEqual(messages);
  });

  test('gives a line the same id in every answer, for `aws logs tail` tells lines apart by it', async () => {
    const ids = async (startTime?: number) =>
      (await filter({ startTime })).events?.map(({ eventId }) => eventId);
    const all = await ids();
    expect(new Set(all).size).toBe(3);
    expect(await ids(first + 1)).toEqual(all?.slice(1));
  });

  test('gives a page and the token of the next one, until there is no more', async () => {
    const pages: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const page = await filter({ limit: 1, nextToken, filterPattern: '-b' });
      pages.push(messagesOf(page));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(pages).toEqual([['a'], ['c']]);
  });

  test('gives no more than 1 MiB at once', async () => {
    const page = await filter({ logGroupName: 'big' });
    expect(page.events).toHaveLength(1);
    expect(page.nextToken).toBeDefined();
  });
});

describe('GetLogEvents', () => {
  test('gives the last lines of a stream, or the first ones', async () => {
    expect(messagesOf(await get())).toEqual(['a', 'c']);
    expect(messagesOf(await get({ limit: 1 }))).toEqual(['c']);
    expect(messagesOf(await get({ limit: 1, startFromHead: true }))).toEqual(['a']);
  });

  test('takes the start of a time, and not its end', async () => {
    expect(messagesOf(await get({ startTime: first, endTime: last }))).toEqual(['a']);
    expect(messagesOf(await get({ startTime: last }))).toEqual(['c']);
  });

  test('leads forward and backward, and stays where there is no more', async () => {
    const head = await get({ limit: 1, startFromHead: true });
    const second = await get({ limit: 1, nextToken: head.nextForwardToken });
    expect(messagesOf(second)).toEqual(['c']);
    const end = await get({ limit: 1, nextToken: second.nextForwardToken });
    expect([messagesOf(end), end.nextForwardToken]).toEqual([[], second.nextForwardToken]);
    const back = await get({ limit: 1, nextToken: second.nextBackwardToken });
    expect(messagesOf(back)).toEqual(['a']);
    expect(messagesOf(await get({ nextToken: back.nextBackwardToken }))).toEqual([]);
  });

  test('leads to lines that come later', async () => {
    const { nextForwardToken } = await get({ logGroupName: 'big', logStreamName: 's' });
    logs.append('big', 's', 'later');
    expect(
      messagesOf(await get({ logGroupName: 'big', logStreamName: 's', nextToken: nextForwardToken })),
    ).toEqual(['later']);
  });
});

describe('DescribeLogStreams', () => {
  const namesOf = ({ logStreams }: { logStreams?: { logStreamName?: string | undefined }[] | undefined }) =>
    logStreams?.map(({ logStreamName }) => logStreamName);

  test('gives each stream, its first line and its last', async () => {
    expect((await describeStreams()).logStreams).toEqual([
      {
        logStreamName: 's1',
        creationTime: first,
        firstEventTimestamp: first,
        lastEventTimestamp: last,
        lastIngestionTime: last,
        arn: `${arn}:log-stream:s1`,
        storedBytes: 0,
      },
      expect.objectContaining({ logStreamName: 's2', lastEventTimestamp: first + 1 }),
    ]);
  });

  test.each<[Partial<DescribeLogStreamsCommandInput>, string[]]>([
    [{ descending: true }, ['s2', 's1']],
    [{ orderBy: 'LastEventTime' }, ['s2', 's1']],
    [{ orderBy: 'LastEventTime', descending: true, limit: 1 }, ['s1']],
    [{ logStreamNamePrefix: 's2' }, ['s2']],
  ])('with %j gives %j', async (input, names) =>
    expect(namesOf(await describeStreams(input))).toEqual(names),
  );

  test('gives pages', async () => {
    const page = await describeStreams({ limit: 1 });
    const next = await describeStreams({ limit: 1, nextToken: page.nextToken });
    expect([namesOf(page), namesOf(next), next.nextToken]).toEqual([['s1'], ['s2'], undefined]);
  });
});

test('DescribeLogGroups gives every group by its name, with both forms of its ARN', async () => {
  const describeGroups = async (input = {}) =>
    (await client.send(new DescribeLogGroupsCommand(input))).logGroups;
  expect((await describeGroups({ limit: 1 }))?.[0]).toEqual({
    logGroupName: '/aws/a',
    creationTime: first,
    retentionInDays: 14,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: 0,
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
    deletionProtectionEnabled: false,
  });
  const names = async (input = {}) => (await describeGroups(input))?.map(({ logGroupName }) => logGroupName);
  expect(await names()).toEqual(['/aws/a', '/aws/b', 'big']);
  expect(await names({ logGroupNamePrefix: '/aws/b' })).toEqual(['/aws/b']);
  expect(await names({ logGroupNamePattern: 'WS/' })).toEqual(['/aws/a', '/aws/b']);
  const { logGroups, nextToken } = await client.send(new DescribeLogGroupsCommand({ limit: 2 }));
  expect(logGroups).toHaveLength(2);
  expect(await names({ limit: 2, nextToken })).toEqual(['big']);
});

test('a group is named by its ARN as well', async () => {
  const byArn = { logGroupName: undefined, logGroupIdentifier: arn };
  expect((await describeStreams(byArn)).logStreams).toHaveLength(2);
  const { events } = await client.send(
    new GetLogEventsCommand({ logGroupIdentifier: arn, logStreamName: 's2', startFromHead: true }),
  );
  expect(events).toHaveLength(1);
});

const call = makeCaller([logs], context);

describe('a query of Logs Insights', () => {
  const start = (input: JsonObject) =>
    call('Logs_20140328.StartQuery', {
      logGroupName: '/aws/a',
      startTime: Math.floor(first / 1_000),
      endTime: Math.ceil(last / 1_000),
      queryString: 'display @message | sort @timestamp',
      ...input,
    });
  const messagesOf = async (input: JsonObject) => {
    const { output } = await start(input);
    const answer = await call('Logs_20140328.GetQueryResults', { queryId: output.queryId ?? '' });
    expect(answer.output.status).toBe('Complete');
    const rows = answer.output.results as { field: string; value: string }[][];
    return rows.map((row) => row.find(({ field }) => field === '@message')?.value);
  };

  test('names its group by an ARN, and its language, as well', async () => {
    const named = { logGroupName: null, logGroupIdentifier: arn, queryLanguage: 'CWLI' };
    expect(await messagesOf(named)).toEqual(['a', 'b', 'c']);
  });

  test('has its rows at once, of its group, its time and its limit', async () => {
    expect(await messagesOf({})).toEqual(['a', 'b', 'c']);
    expect(await messagesOf({ limit: 2 })).toEqual(['a', 'b']);
    expect(await messagesOf({ startTime: first + 1, endTime: first + 2_000 })).toEqual(['b', 'c']);
    expect(await messagesOf({ startTime: 0, endTime: 1 })).toEqual([]);
    expect(await messagesOf({ logGroupName: '/aws/b' })).toEqual([]);
  });

  test('that is not known is refused, and so are results of none', async () => {
    expect((await start({ queryString: 'dedup a' })).output).toMatchObject({
      __type: 'MalformedQueryException',
      message: expect.stringContaining('it knows no command dedup'),
    });
    expect((await call('Logs_20140328.GetQueryResults', { queryId: 'q' })).output).toMatchObject({
      __type: 'ResourceNotFoundException',
    });
  });
});

const invalid = 'InvalidParameterException';
const missing = 'ResourceNotFoundException';
const validation = '1 validation error detected: Value';
test.each<[string, string, JsonObject, string, string]>([
  [
    'FilterLogEvents',
    'another group',
    { logGroupName: '/aws/c' },
    missing,
    'The specified log group does not exist.',
  ],
  ['FilterLogEvents', 'no group', {}, invalid, 'logGroupName'],
  [
    'FilterLogEvents',
    'a name and an identifier',
    { ...group, logGroupIdentifier: arn },
    'ValidationException',
    'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
  ],
  [
    'FilterLogEvents',
    'a stream that has no line',
    { ...group, logStreamNames: ['s3'] },
    missing,
    'The specified log stream does not exist.',
  ],
  [
    'FilterLogEvents',
    'names and a prefix',
    { ...group, logStreamNames: ['s1'], logStreamNamePrefix: 's' },
    invalid,
    'mutually exclusive',
  ],
  [
    'FilterLogEvents',
    'an unknown token',
    { ...group, nextToken: 'x' },
    invalid,
    'The specified nextToken is invalid.',
  ],
  [
    'FilterLogEvents',
    'an invalid pattern',
    { ...group, filterPattern: '%(%' },
    invalid,
    'Invalid filter pattern',
  ],
  [
    'FilterLogEvents',
    'too many lines',
    { ...group, limit: 10_001 },
    invalid,
    `${validation} '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000`,
  ],
  [
    'FilterLogEvents',
    'no line',
    { ...group, limit: 0 },
    invalid,
    `${validation} '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  ],
  ['FilterLogEvents', 'a parameter that is unknown', { ...group, unmask: true }, invalid, 'unmask'],
  ['GetLogEvents', 'no stream', group, invalid, `${validation} null at 'logStreamName'`],
  [
    'GetLogEvents',
    'a stream that has no line',
    { ...group, logStreamName: 's3' },
    missing,
    'The specified log stream does not exist.',
  ],
  [
    'GetLogEvents',
    'another group',
    { logGroupName: '/aws/c', logStreamName: 's1' },
    missing,
    'The specified log group does not exist.',
  ],
  [
    'GetLogEvents',
    'an unknown token',
    { ...group, logStreamName: 's1', nextToken: 'invalid-token' },
    invalid,
    'The specified nextToken is invalid.',
  ],
  [
    'GetLogEvents',
    'a token of an unknown line',
    { ...group, logStreamName: 's1', nextToken: 'f/x' },
    invalid,
    'The specified nextToken is invalid.',
  ],
  [
    'GetLogEvents',
    'too many lines',
    { ...group, logStreamName: 's1', limit: 10_001 },
    invalid,
    'less than or equal to 10000',
  ],
  [
    'DescribeLogStreams',
    'another order',
    { ...group, orderBy: 'Size' },
    invalid,
    'LogStreamName, LastEventTime',
  ],
  [
    'DescribeLogStreams',
    'a prefix by time',
    { ...group, orderBy: 'LastEventTime', logStreamNamePrefix: 's' },
    invalid,
    'Cannot order by LastEventTime with a logStreamNamePrefix.',
  ],
  ['DescribeLogStreams', 'too many streams', { ...group, limit: 51 }, invalid, 'less than or equal to 50'],
  [
    'DescribeLogGroups',
    'an unknown token',
    { nextToken: 'x' },
    invalid,
    'The specified nextToken is invalid.',
  ],
  [
    'DescribeLogGroups',
    'a prefix and a pattern',
    { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' },
    invalid,
    'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
  ],
])('%s refuses %s', async (operation, _, input, type, message) => {
  expect(await call(`Logs_20140328.${operation}`, input)).toMatchObject({
    status: 400,
    output: { __type: type, message: expect.stringContaining(message) },
  });
});

test.each<[string, JsonObject, string]>([
  ['DescribeLogGroups', {}, '*'],
  ['DescribeLogStreams', group, `${arn}:*`],
  ['FilterLogEvents', group, `${arn}:*`],
  ['GetLogEvents', { ...group, logStreamName: 's1' }, `${arn}:*`],
])('%s asks for the permission of its own name', async (name, input, resource) => {
  const denying = makeContext({ iam: makeIam(`logs:${name}`) });
  const authorization = `Credential=${denying.iam.openSession('arn:role')}/…`;
  const { output } = await makeCaller([createLogs(plan, denying)], denying)(`Logs_20140328.${name}`, input, {
    authorization,
  });
  expect(output.message).toBe(`denied: arn:role logs:${name} ${resource}`);
});
