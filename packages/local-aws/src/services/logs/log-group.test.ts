import { describe, expect, test } from '@jest/globals';
import { createClock } from '../../clock.ts';
import { systemIds } from '../../ids.ts';
import { FakeClock } from '../../testing.ts';
import { LogGroup } from './log-group.ts';

const dayMs = 24 * 60 * 60 * 1_000;

function makeGroup(retentionInDays?: number) {
  const clock = new FakeClock();
  const config = { name: '/aws/a', arn: 'arn:a', ...(retentionInDays !== undefined && { retentionInDays }) };
  const group = new LogGroup(config, { events: new Map(), createdAt: new Map(), clock, ids: systemIds });
  return { group, clock, messages: () => Array.from(group.events(), ({ message }) => message) };
}

test('a log group has its lines in the order in which they came, each with its stream, its time and an id', () => {
  const { group, clock } = makeGroup();
  const startedAt = clock.now();
  group.append('s1', 'first');
  clock.advance(5);
  group.append('s2', 'second');
  const [first, second, ...others] = group.events();
  expect(first).toEqual({
    eventId: expect.any(String),
    logStreamName: 's1',
    timestamp: startedAt,
    message: 'first',
  });
  expect(second).toEqual({
    eventId: expect.any(String),
    logStreamName: 's2',
    timestamp: startedAt + 5,
    message: 'second',
  });
  expect(first?.eventId).not.toBe(second?.eventId);
  expect(others).toEqual([]);
});

describe('the retention', () => {
  test('drops a line at its time', () => {
    const { group, clock, messages } = makeGroup(1);
    group.append('s', 'a');
    clock.advance(dayMs - 1);
    group.append('s', 'b');
    expect(messages()).toEqual(['a', 'b']);
    clock.advance(1);
    expect(messages()).toEqual(['b']);
  });

  test('drops a line when the clock of the system is moved', async () => {
    const clock = createClock();
    const config = { name: '/aws/a', arn: 'arn:a', retentionInDays: 14 };
    const group = new LogGroup(config, { events: new Map(), createdAt: new Map(), clock, ids: systemIds });
    group.append('s', 'a');
    await clock.advance(13 * dayMs, async () => {});
    expect([...group.events()]).toHaveLength(1);
    await clock.advance(dayMs, async () => {});
    expect([...group.events()]).toEqual([]);
    clock.close();
  });

  test('that is left out keeps lines for good', () => {
    const { group, clock, messages } = makeGroup();
    group.append('s', 'a');
    clock.advance(3_650 * dayMs);
    expect(messages()).toEqual(['a']);
  });
});

describe('a log group is limited:', () => {
  test('it keeps its last hundred thousand lines', () => {
    const { group, messages } = makeGroup();
    for (let line = 0; line < 100_001; line += 1) group.append('s', String(line));
    expect(messages()).toHaveLength(100_000);
    expect(messages()[0]).toBe('1');
  });

  test('it keeps its last 64 MiB', () => {
    const { group, messages } = makeGroup();
    for (let line = 0; line < 80; line += 1) group.append('s', String(line).padEnd(1024 * 1024, '.'));
    // The bytes that are counted for each line take the place of one.
    expect(messages()).toHaveLength(63);
    expect(messages().at(-1)?.slice(0, 2)).toBe('79');
  });

  test('a line over 1 MiB becomes several, cut between characters', () => {
    const { group, messages } = makeGroup();
    const line = `${'x'.repeat(1024 * 1024 - 1)}€${'y'.repeat(1024 * 1024)}`;
    group.append('s', line);
    expect(messages().map((message) => Buffer.byteLength(message))).toEqual([
      1024 * 1024 - 1,
      1024 * 1024,
      3,
    ]);
    expect(messages().join('')).toBe(line);
  });

  test('a line of 100 MiB without a break leaves its end in the log', () => {
    const { group, messages } = makeGroup();
    group.append('s', `${'x'.repeat(100 * 1024 * 1024)}end`);
    expect(messages().length).toBeLessThan(65);
    expect(messages().at(-1)).toBe('end');
  });
});
