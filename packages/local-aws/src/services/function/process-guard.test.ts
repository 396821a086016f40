import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { createProcessGuard } from './process-guard.ts';

test('a guard that closes ends what it has started, and leaves what another one has started', async () => {
  const [first, second] = [createProcessGuard(), createProcessGuard()];
  const sleep = () => spawn(process.execPath, ['--eval', 'setInterval(() => {}, 60_000)']);
  const [of, other] = [first.start(sleep), second.start(sleep)];
  first.close();
  expect(await once(of, 'exit')).toEqual([null, 'SIGKILL']);
  expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  second.close();
  expect(await once(other, 'exit')).toEqual([null, 'SIGKILL']);
});
