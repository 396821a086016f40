import { describe, expect, test } from '@jest/globals';
import type { LogEvent } from '../log-group.ts';
import { parseQuery } from './query.ts';

const start = Date.UTC(2026, 0, 31, 12);

/** Lines of a log, a minute after each other. */
const lines = (...messages: (object | string)[]): LogEvent[] =>
  messages.map((message, index) => ({
    eventId: `e${index}`,
    logStreamName: 's',
    timestamp: start + index * 60_000,
    message: typeof message === 'string' ? message : JSON.stringify(message),
  }));

/** The rows of a result, as objects, without the pointer that each has. */
const run = (query: string, events: LogEvent[]) =>
  parseQuery(query)(events).map((row) =>
    Object.fromEntries(row.flatMap(({ field, value }) => (field === '@ptr' ? [] : [[field, value]]))),
  );

const requests = lines(
  { status: 202, path: '/orders', ms: 10, detail: { kind: 'a-b' } },
  { status: 400, path: '/orders', ms: '30' },
  { status: 404, path: '/', ms: 20 },
  'no JSON',
);
const paths = (query: string) =>
  run(`${query} | display status`, requests).map(({ status }) => status ?? '-');

describe('a query', () => {
  test('shows the time and the line, the newest first, where it says nothing else', () => {
    expect(run('limit 2', requests)).toEqual([
      { '@timestamp': '2026-01-31 12:03:00.000', '@message': 'no JSON' },
      { '@timestamp': '2026-01-31 12:02:00.000', '@message': requests[2]?.message },
    ]);
  });

  test.each([
    ['status = 400', ['400']],
    ['status >= 400 and status < 404', ['400']],
    ['status in [202, "404"]', ['404', '202']],
    ['status not in [202, 404] and ispresent(status)', ['400']],
    ['not (status = 202 or status = 404)', ['-', '400']],
    ['path like /^.$/', ['404']],
    ['path like "ord"', ['400', '202']],
    ['path not like /(?i)ORDERS/ and path like "/"', ['404']],
    ['ms > 9.5 and ms <= 20', ['404', '202']],
    ['detail.kind = "a-b"', ['202']],
    ['`detail.kind` like /a|b/', ['202']],
    ['strcontains(@message, "no")', ['-']],
    ['@message = "no JSON"', ['-']],
  ])('filters by %s', (condition, expected) => {
    expect(paths(`filter ${condition}`)).toEqual(expected);
  });

  test('sorts by one field and then another, those without it last, and takes the first', () => {
    expect(run('sort path, ms desc | display path, ms | limit 3', requests)).toEqual([
      { path: '/', ms: '20' },
      { path: '/orders', ms: '30' },
      { path: '/orders', ms: '10' },
    ]);
  });

  test('counts, and makes other numbers of rows, by fields', () => {
    const stats = 'count(*) as requests, max(ms) as slowest, min(ms), avg(ms), sum(ms), pct(ms, 50) as p50';
    expect(run(`filter ispresent(path) | stats ${stats} by path | sort requests desc`, requests)).toEqual([
      {
        path: '/orders',
        requests: '2',
        slowest: '30',
        'min(ms)': '10',
        'avg(ms)': '20',
        'sum(ms)': '40',
        p50: '10',
      },
      {
        path: '/',
        requests: '1',
        slowest: '20',
        'min(ms)': '20',
        'avg(ms)': '20',
        'sum(ms)': '20',
        p50: '20',
      },
    ]);
  });

  test('counts by time, takes the first and the last, and filters what it has counted', () => {
    const query =
      'stats count(ms) as lines, latest(status) as last, earliest(status) as first, max(@timestamp) as at by bin(2m)';
    expect(run(`${query} | filter lines = 2`, requests)).toEqual([
      {
        'bin(2m)': '2026-01-31 12:00:00.000',
        lines: '2',
        last: '400',
        first: '202',
        at: String(start + 60_000),
      },
    ]);
  });

  test.each([
    ['parse @message "*"', 'it knows no command parse; it knows filter, fields, display, sort, limit, stats'],
    [
      'stats stddev(ms)',
      'stats has no function stddev here; it has avg, count, earliest, latest, max, min, pct, sum',
    ],
    ['filter abs(ms) = 1', 'it knows no function abs(ms); it knows bin, ispresent and strcontains'],
    ['filter status =', 'it ends too early'],
    ['filter status 400', 'filter ends before 400'],
    ['filter (status = 1', 'it has nothing where ) should be'],
    ['filter path like 1', 'like is followed by 1; allowed are /…/ and "…"'],
    ['filter path like /(/', "/(/ isn't a regular expression"],
    ['filter path not 1', 'not is followed by neither like nor in'],
    ['limit 0', 'limit takes 1 to 10000'],
    ['stats count(*) by bin(5x)', 'bin(5x) has to be a number of s, m, h or d, such as bin(5m)'],
    ['stats count(*, 1)', 'count takes other arguments: pct(field, 95)'],
    ['display ;', 'nothing is known that begins with ;'],
    ['', 'it ends too early'],
    [`filter ${'('.repeat(30)}a = 1${')'.repeat(30)}`, 'more than 20 parentheses are inside of each other'],
  ])('%j is refused, with what is known', (query, problem) => {
    expect(() => parseQuery(query)).toThrow(`The local run can't run this query: ${problem}`);
  });
});
