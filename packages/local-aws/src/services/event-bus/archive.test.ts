import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { BusEvent } from '../../target.ts';
import { arnOf, FakeClock, makeCaller, makeContext, makePlan, until } from '../../testing.ts';
import { createEventBuses } from './event-bus.ts';

const busArn = arnOf('events', 'event-bus/Orders');
const archiveArn = arnOf('events', 'archive/Kept');
const ruleArn = (name: string) => arnOf('events', `rule/Orders/${name}`);
const day = 24 * 60 * 60;

/** A bus with an archive and two rules that match everything, each with a target of its own. */
function makeBus(archive: JsonObject = {}, context = makeContext({ clock: new FakeClock() })) {
  const delivered: [target: string, event: BusEvent & { 'replay-name'?: string }][] = [];
  const rule = (name: string) => ({ name, event_bus_name: 'Orders', event_pattern: '{"source":["s"]}' });
  const target = (name: string) => ({ rule: name, event_bus_name: 'Orders', arn: `arn:${name}` });
  const buses = createEventBuses(
    makePlan({
      aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
      aws_cloudwatch_event_archive: { a: { name: 'Kept', event_source_arn: busArn, ...archive } },
      aws_cloudwatch_event_rule: { a: rule('A'), b: rule('B') },
      aws_cloudwatch_event_target: { a: target('A'), b: target('B') },
    }),
    context,
    {
      targets: [
        (arn) => ({
          description: arn,
          deliver: async (event) => void delivered.push([arn.slice(4), event]),
        }),
      ],
      findQueue: () => undefined,
    },
  );
  const send = makeCaller([buses], context);
  const call = async (name: string, input: JsonObject) => {
    const { status, output } = await send(`AWSEvents.${name}`, input);
    if (status !== 200) throw new Error(`${output.__type}: ${output.message}`);
    return output;
  };
  /** Publishes an event of a second of the clock. */
  const publish = (second: number, DetailType = 'T') =>
    call('PutEvents', {
      Entries: [{ EventBusName: 'Orders', Source: 's', DetailType, Detail: '{}', Time: second }],
    });
  const replay = (ReplayName: string, from: number, to: number, Destination: JsonObject = { Arn: busArn }) =>
    call('StartReplay', {
      ReplayName,
      EventSourceArn: archiveArn,
      EventStartTime: from,
      EventEndTime: to,
      Destination,
    });
  const completed = async (ReplayName: string) => {
    let last: JsonObject = {};
    await until(() => {
      void call('DescribeReplay', { ReplayName }).then((told) => {
        last = told;
      });
      return last.State === 'COMPLETED';
    }, `the replay ${ReplayName} is completed`);
    return last;
  };
  const archived = async () => (await call('DescribeArchive', { ArchiveName: 'Kept' })).EventCount;
  return { buses, context, call, publish, replay, completed, archived, delivered };
}
/** What was replayed: the target, the detail-type, and the replay. */
const replayed = ({ delivered }: ReturnType<typeof makeBus>) =>
  delivered.flatMap(([target, event]) =>
    event['replay-name'] ? [`${target} ${event['detail-type']} ${event['replay-name']}`] : [],
  );

describe('a replay', () => {
  test('gives the events of its time again, as they were, marked with its name', async () => {
    const bus = makeBus();
    for (const [index, name] of ['first', 'second', 'third'].entries())
      await bus.publish(1_000 + index, name);
    await bus.replay('again', 1_000, 1_002);
    expect(await bus.completed('again')).toMatchObject({
      ReplayArn: arnOf('events', 'replay/again'),
      EventSourceArn: archiveArn,
      EventLastReplayedTime: 1_001,
      Destination: { Arn: busArn },
    });
    expect(replayed(bus)).toEqual(['A first again', 'B first again', 'A second again', 'B second again']);
    const [original, copy] = bus.delivered.filter(
      ([to, event]) => to === 'A' && event['detail-type'] === 'first',
    );
    expect(copy?.[1]).toEqual({ ...original?.[1], 'replay-name': 'again' });
  });

  test('goes to the rules that it names, and to no other', async () => {
    const bus = makeBus();
    await bus.publish(1_000);
    await bus.replay('again', 0, 2_000, { Arn: busArn, FilterArns: [ruleArn('B')] });
    await bus.completed('again');
    expect(replayed(bus)).toEqual(['B T again']);
  });

  test('is not kept again', async () => {
    const bus = makeBus();
    await bus.publish(1_000);
    await bus.replay('again', 0, 2_000);
    await bus.completed('again');
    expect(await bus.archived()).toBe(1);
  });

  test('that is cancelled gives no more', async () => {
    const bus = makeBus();
    for (let second = 0; second < 50; second += 1) await bus.publish(1_000 + second);
    await bus.replay('again', 0, 2_000);
    expect(await bus.call('CancelReplay', { ReplayName: 'again' })).toMatchObject({ State: 'CANCELLING' });
    expect((await bus.call('DescribeReplay', { ReplayName: 'again' })).State).toBe('CANCELLED');
    const before = replayed(bus).length;
    await bus.publish(3_000);
    expect(replayed(bus)).toHaveLength(before);
    await expect(bus.call('CancelReplay', { ReplayName: 'again' })).rejects.toThrow('IllegalStatusException');
  });

  test('goes on in the next wiring from where it was, and gives each event once', async () => {
    const clock = new FakeClock();
    const before = makeBus({}, makeContext({ clock }));
    for (let second = 0; second < 9; second += 1) await before.publish(1_000 + second, `event ${second}`);
    // In the middle of it, however fast it is.
    const closed = new Promise<void>((resolve) => {
      const unsubscribe = before.context.trace.subscribe(() => {
        if (replayed(before).length < 4) return;
        unsubscribe();
        resolve(before.buses.close?.());
      });
    });
    await before.replay('again', 0, 2_000);
    await closed;
    const after = makeBus({}, before.context);
    clock.advance(0);
    await after.completed('again');
    const names = [...replayed(before), ...replayed(after)].filter((name) => name.startsWith('A '));
    expect(names).toEqual(Array.from({ length: 9 }, (_, second) => `A event ${second} again`));
    expect(replayed(after).length).toBeGreaterThan(0);
  });

  test('is listed', async () => {
    const bus = makeBus();
    await bus.replay('one', 0, 1);
    await bus.completed('one');
    expect(await bus.call('ListReplays', { NamePrefix: 'o' })).toMatchObject({
      Replays: [{ ReplayName: 'one', State: 'COMPLETED', EventStartTime: 0, EventEndTime: 1 }],
    });
    expect(await bus.call('ListReplays', { NamePrefix: 'x' })).toEqual({ Replays: [] });
    expect(await bus.call('ListReplays', { EventSourceArn: archiveArn })).toMatchObject({ Replays: [{}] });
    expect(await bus.call('ListReplays', { EventSourceArn: 'arn:other' })).toEqual({ Replays: [] });
  });

  test('keeps what is said of it to people', async () => {
    const bus = makeBus();
    const Times = { EventStartTime: 0, EventEndTime: 1 };
    await bus.call('StartReplay', {
      ReplayName: 'one',
      Description: 'after the outage',
      EventSourceArn: archiveArn,
      ...Times,
      Destination: { Arn: busArn },
    });
    expect(await bus.call('DescribeReplay', { ReplayName: 'one' })).toMatchObject({
      Description: 'after the outage',
    });
  });

  test.each<[string, (bus: ReturnType<typeof makeBus>) => Promise<unknown>, string]>([
    ['of a name that is taken', (bus) => bus.replay('taken', 0, 1), 'ResourceAlreadyExistsException'],
    ['that ends before it begins', (bus) => bus.replay('x', 2, 2), 'EventEndTime must be greater'],
    ['to another bus', (bus) => bus.replay('x', 0, 1, { Arn: 'arn:other' }), 'Destination has to be'],
    [
      'to a rule that is not there',
      (bus) => bus.replay('x', 0, 1, { Arn: busArn, FilterArns: [ruleArn('C')] }),
      'has no rule',
    ],
    [
      'of an archive that is not there',
      (bus) =>
        bus.call('StartReplay', {
          ReplayName: 'x',
          EventSourceArn: 'arn:none',
          EventStartTime: 0,
          EventEndTime: 1,
          Destination: { Arn: busArn },
        }),
      'Archive arn:none does not exist',
    ],
  ])('%s is refused', async (_, start, message) => {
    const bus = makeBus();
    await bus.replay('taken', 0, 1);
    await expect(start(bus)).rejects.toThrow(message);
  });
});

describe('an archive', () => {
  test('is listed by its name, and by its bus', async () => {
    const { call } = makeBus();
    const namesOf = async (input: JsonObject) => (await call('ListArchives', input)).Archives;
    const kept = [{ ArchiveName: 'Kept' }];
    expect(await namesOf({ NamePrefix: 'K' })).toMatchObject(kept);
    expect(await namesOf({ NamePrefix: 'X' })).toEqual([]);
    expect(await namesOf({ EventSourceArn: busArn })).toMatchObject(kept);
    expect(await namesOf({ EventSourceArn: 'arn:other' })).toEqual([]);
  });

  test('keeps the events that its pattern matches', async () => {
    const bus = makeBus({ event_pattern: '{"detail-type":["kept"]}' });
    await bus.publish(1_000, 'kept');
    await bus.publish(1_000, 'other');
    expect(await bus.archived()).toBe(1);
  });

  test('keeps the last ones of those that are more than the memory should hold', async () => {
    const context = makeContext({ clock: new FakeClock() });
    const Detail = JSON.stringify({ text: 'x'.repeat(250 * 1024) });
    const Entries = [{ EventBusName: 'Orders', Source: 's', DetailType: 'T', Detail }];
    await makeBus({}, context).call('PutEvents', { Entries });
    // An earlier wiring has kept almost as many as there may be.
    const kept = context.state.collection<{ event: BusEvent }>('events of the archive Kept');
    const [first] = kept.values();
    if (!first) throw new Error('the archive is empty');
    for (let count = 1; count < 520; count += 1) {
      const id = `event-${count}`;
      kept.set(id, { ...first, event: { ...first.event, id } });
    }
    const bus = makeBus({}, context);
    for (let count = 0; count < 20; count += 1) await bus.call('PutEvents', { Entries });
    const ids = [...kept.values()].map(({ event }) => event.id);
    expect(ids.length).toBeGreaterThan(500);
    expect(ids.length).toBeLessThanOrEqual((128 * 1024) / 250);
    expect(ids).not.toContain(first.event.id);
    expect(ids).toContain('event-519');
  });

  test('keeps them for its days', async () => {
    const clock = new FakeClock();
    const bus = makeBus({ retention_days: 2 }, makeContext({ clock }));
    await bus.publish(1_000);
    clock.advance(2 * day * 1_000);
    await bus.publish(1_000);
    expect(await bus.archived()).toBe(2);
    clock.advance(1);
    await bus.publish(1_000);
    expect(await bus.archived()).toBe(2);
  });

  test('has what it kept when the stack is wired again', async () => {
    const first = makeBus();
    await first.publish(1_000);
    await first.buses.close?.();
    expect(await makeBus({}, first.context).archived()).toBe(1);
  });

  test('is listed', async () => {
    const { Archives } = await makeBus({ retention_days: 14 }).call('ListArchives', {});
    expect(Archives).toEqual([
      { ArchiveName: 'Kept', EventSourceArn: busArn, State: 'ENABLED', RetentionDays: 14, EventCount: 0 },
    ]);
  });

  test("of a bus that isn't in the stack is refused", () => {
    expect(() => makeBus({ event_source_arn: 'arn:other' })).toThrow(UnsupportedError);
  });
});
