import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { openChannel } from './channel.mjs';

/** A channel whose two ends are one: what is sent comes back. */
function makeChannel() {
  const [stream, heard] = [new PassThrough(), [] as unknown[]];
  const send = openChannel(stream, (message) => heard.push(message));
  /** Waits until everything that was written has been read. */
  const all = async () => {
    await new Promise((resolve) => stream.end(resolve));
    return heard;
  };
  return { stream, send, all };
}

test('messages come one by one, whole, in the order in which they were sent', async () => {
  const { send, all } = makeChannel();
  const messages = [{ text: 'two\nlines' }, { bytes: 'x'.repeat(200_000) }, { type: 'ready' }];
  for (const message of messages) send(message);
  expect(await all()).toEqual(messages);
});

test('a message that comes in pieces, even of a letter, is one message', async () => {
  const { stream, all } = makeChannel();
  for (const byte of Buffer.from('{"name":"Zoë"}\n{"next":1}\n')) stream.write(Buffer.of(byte));
  expect(await all()).toEqual([{ name: 'Zoë' }, { next: 1 }]);
});

test('what is no JSON, which code of a function may write, is no message, and the next one comes', async () => {
  const { stream, send, all } = makeChannel();
  stream.write('not JSON\n');
  send({ type: 'ready' });
  expect(await all()).toEqual([undefined, { type: 'ready' }]);
});
