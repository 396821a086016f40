import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDiskState } from './disk-state.ts';
import type { State } from './state.ts';
import { StateError } from './state-error.ts';

let folder: string;
let states: State[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orders-state-'));
  states = [];
});
afterEach(async () => {
  for (const state of states) await state.close();
  rmSync(folder, { recursive: true, force: true });
});
const file = () => join(folder, 'state.sqlite');
const open = (stack = 'orders-dev', dir = folder) => {
  const state = createDiskState(dir, stack);
  states.push(state);
  return state;
};
const close = async () => {
  for (const state of states.splice(0)) await state.close();
};

describe('a collection on disk', () => {
  test('has its values again when it is opened again, in the order of their keys', async () => {
    const before = open().collection<{ n: number }>('things');
    for (const n of [1, 2, 3]) before.set(`key ${n}`, { n });
    before.set('key 1', { n: 10 });
    before.delete('key 2');
    expect([...before.values()]).toEqual([{ n: 10 }, { n: 3 }]);
    await close();
    const after = open().collection<{ n: number }>('things');
    expect([...after.keys()]).toEqual(['key 1', 'key 3']);
    expect([...after.values()]).toEqual([{ n: 10 }, { n: 3 }]);
    expect(after.get('key 3')).toEqual({ n: 3 });
    expect(after.size).toBe(2);
  });

  test('is another one for another name, and the same one for the same name', async () => {
    const state = open();
    state.collection('a').set('key', 1);
    state.collection('b').set('key', 2);
    state.collection('a').clear();
    expect(state.collection('a')).toBe(state.collection('a'));
    await close();
    expect([open().collection('a').size, states[0]?.collection('b').get('key')]).toEqual([0, 2]);
  });

  test('does not have what could not be written', async () => {
    const state = open();
    const things = state.collection('things');
    things.set('written', 1);
    await close();
    expect(() => things.set('lost', 2)).toThrow();
    expect(things.get('lost')).toBeUndefined();
  });
});

describe('a folder is refused', () => {
  const refused = (message: RegExp, stack?: string, dir?: string) => {
    expect(() => open(stack, dir)).toThrow(StateError);
    expect(() => open(stack, dir)).toThrow(message);
  };

  test('that another process uses', () => {
    open();
    refused(/state\.sqlite can't be used: another process uses it\. Choose another folder with --data/);
  });

  test('of another stack', async () => {
    open();
    await close();
    refused(/is the state of the stack orders-dev in format 2, and this is orders-prod/, 'orders-prod');
  });

  test("whose file isn't a database", () => {
    writeFileSync(
      file(),
      'no database at all, but long enough to look like a file of somebody else'.repeat(50),
    );
    refused(/the file is damaged/);
    expect(readFileSync(file(), 'utf8')).toMatch(/^no database at all/);
  });

  test('whose file was cut short', async () => {
    const things = open().collection('things');
    for (let n = 0; n < 2_000; n += 1) things.set(`key ${n}`, 'x'.repeat(100));
    await close();
    truncateSync(file(), readFileSync(file()).length / 2);
    refused(/the file is damaged/);
  });

  test("that can't be made", () => {
    writeFileSync(join(folder, 'a-file'), '');
    refused(/can't be used: .*(ENOTDIR|EEXIST)/, 'orders-dev', join(folder, 'a-file', 'state'));
  });
});
