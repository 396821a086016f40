import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Environment } from './environment.ts';

test('a handler whose file never ends loading fails when the time for it is up, and its process is gone', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'orders-load-'));
  try {
    writeFileSync(join(dir, 'index.mjs'), 'setInterval(() => {}, 1000); await new Promise(() => {});');
    const variables = { LAMBDA_TASK_ROOT: dir, _HANDLER: 'index.handler' };
    const environment = new Environment({
      memoryMb: 128,
      variables,
      dir,
      loadTimeoutMs: 300,
      onLine: () => {},
    });
    const invoke = { requestId: 'r', functionArn: 'arn:f', event: {}, traceHeader: '' };
    await expect(environment.invoke(invoke, 1_000)).rejects.toMatchObject({
      name: 'Sandbox.Timedout',
      message: 'The handler did not load within 0.3 seconds',
    });
    expect(environment.alive).toBe(false);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
