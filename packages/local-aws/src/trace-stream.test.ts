import type { Readable } from 'node:stream';
import { afterEach, expect, test } from '@jest/globals';
import { createLocalApi } from './local-api.ts';
import { createNotices } from './notices.ts';
import { FakeClock, makeEvent, systemIds, Trace } from './testing.ts';
import { traceRoutes } from './trace-stream.ts';

const streams: Readable[] = [];
afterEach(() => {
  for (const stream of streams.splice(0)) stream.destroy();
});

const trace = () => new Trace(new FakeClock(), systemIds);
const subjectOf = () => 'o-1';

/** Opens the stream as a browser does, and reads its messages one by one. */
async function open(of: Trace, run: string, lastEventId?: string, notices = createNotices()) {
  const answer = await createLocalApi(traceRoutes(of, subjectOf, run, notices))({
    method: 'GET',
    path: '/_local/trace',
    rawQueryString: '',
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    body: Buffer.from(''),
    sourceIp: '127.0.0.1',
  });
  const stream = answer?.stream;
  if (!stream) throw new Error('The route gave no stream');
  streams.push(stream);
  const chunks = stream[Symbol.asyncIterator]();
  let text = '';
  const next = async (): Promise<string> => {
    while (!text.includes('\n\n')) text += String((await chunks.next()).value);
    const [message = ''] = text.split('\n\n');
    text = text.slice(message.length + 2);
    return message;
  };
  return { answer, stream, next };
}
const entriesOf = (message: string) =>
  JSON.parse(message.replace(/^.*?data: /s, '')) as { sequence: number }[];

test('the stream begins with the run and what there is, and goes on with what is appended', async () => {
  const of = trace();
  const flowId = of.newFlow();
  const span = of.begin(flowId, { kind: 'event', bus: 'Orders', event: makeEvent() });
  const { answer, next } = await open(of, 'run-1');
  expect(answer?.headers['content-type']).toBe('text/event-stream');
  expect(await next()).toBe('retry: 500\nevent: run\ndata: "run-1"');
  const first = await next();
  expect(first).toMatch(/^id: run-1:1\n/);
  expect(entriesOf(first)).toMatchObject([{ type: 'begun', subject: 'o-1', activity: { bus: 'Orders' } }]);
  span.end();
  expect(entriesOf(await next())).toMatchObject([{ type: 'ended', sequence: 2 }]);
});

test('a browser that comes back gets what it missed, and everything of another run', async () => {
  const of = trace();
  const flowId = of.newFlow();
  for (const path of ['/a', '/b']) of.record(flowId, { kind: 'request', method: 'GET', path });
  const sequences = async (lastEventId: string) => {
    const { next } = await open(of, 'run-2', lastEventId);
    await next();
    return entriesOf(await next()).map(({ sequence }) => sequence);
  };
  expect(await sequences('run-2:3')).toEqual([4]);
  expect(await sequences('run-1:3')).toEqual([1, 2, 3, 4]);
});

test('a notice comes as it is told, and a problem that stays to whoever comes later', async () => {
  const of = trace();
  const notices = createNotices();
  const { next } = await open(of, 'run', undefined, notices);
  await next();
  notices.tell({ kind: 'problem', text: 'infra: no' });
  expect(await next()).toBe('event: notice\ndata: {"kind":"problem","text":"infra: no"}');
  const later = await open(of, 'run', undefined, notices);
  await later.next();
  expect(await later.next()).toMatch(/^event: notice\n/);
  notices.tell({ kind: 'changed', text: 'rule R is new' });
  const last = await open(of, 'run', undefined, notices);
  of.record(of.newFlow(), { kind: 'request', method: 'GET', path: '/' });
  await last.next();
  expect(await last.next()).toMatch(/^id: /);
});

test('a reader that does not read is cut off', async () => {
  const of = trace();
  const { stream } = await open(of, 'run');
  const closed = new Promise((resolve) => stream.once('close', resolve));
  const flowId = of.newFlow();
  const detail = { text: 'x'.repeat(1_000_000) };
  for (let count = 0; count < 20; count += 1) {
    of.record(flowId, { kind: 'event', bus: 'Orders', event: makeEvent({ detail }) });
  }
  await closed;
});

test('a long past comes piece by piece, as it is read, and then what was appended meanwhile', async () => {
  const of = trace();
  const record = () => of.record(of.newFlow(), { kind: 'request', method: 'GET', path: '/' });
  for (let count = 0; count < 1_000; count += 1) record();
  const { next } = await open(of, 'run');
  await next();
  const first = entriesOf(await next());
  expect(first.length).toBeLessThan(1_000);
  record();
  const sequences = first.map(({ sequence }) => sequence);
  while (sequences.length < 2_002) {
    sequences.push(...entriesOf(await next()).map(({ sequence }) => sequence));
  }
  expect(sequences).toEqual(Array.from({ length: 2_002 }, (_, index) => index + 1));
});
