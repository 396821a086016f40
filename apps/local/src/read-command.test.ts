import { expect, test } from '@jest/globals';
import { readCommand } from './read-command.ts';
import { UsageError } from './usage-error.ts';

test.each<[string[], NodeJS.ProcessEnv, object]>([
  [[], { PORT: '' }, { port: 4000, logs: false, open: false, watch: false }],
  [[], { PORT: '5000' }, { port: 5000 }],
  [['--port', '0'], { PORT: '5000' }, { port: 0 }],
  [['--inspect'], {}, { inspectPort: 9229 }],
  [['--inspect=0', '--logs', '--watch'], {}, { inspectPort: 0, logs: true, watch: true }],
  [['--', '--otlp', 'http://127.0.0.1:4318'], {}, { otlpUrl: 'http://127.0.0.1:4318' }],
  [['--data', '/data', '--open'], {}, { dataDir: '/data', open: true }],
])('start %j with %j', async (args, env, options) => {
  await expect(readCommand(['start', ...args], env)).resolves.toMatchObject({
    name: 'start',
    build: false,
    options,
  });
});

test('--build is of pnpm, for each command', async () => {
  for (const args of [['start'], ['demo'], ['explain', 'R', '-']])
    expect(await readCommand([...args, '--build'], {})).toMatchObject({ name: args[0], build: true });
});

test('explain reads a file, or stdin for -', async () => {
  expect(await readCommand(['explain', 'R', '/e.json'], {})).toMatchObject({ rule: 'R', file: '/e.json' });
  expect(await readCommand(['explain', 'R', '-'], {})).toMatchObject({ rule: 'R', file: '-' });
});

test.each([
  [['start', '--port', 'soon'], 'The port is "soon"; allowed are numbers from 0 to 65535'],
  [['start', '--port', '65536'], 'The port is "65536"; allowed are numbers from 0 to 65535'],
  [['start', '--inspect=soon'], '--inspect: The port is "soon"; allowed are numbers from 0 to 65535'],
  [
    ['start', '--otlp', '127.0.0.1:4318'],
    '--otlp: The address is "127.0.0.1:4318"; allowed is one with http:// or',
  ],
  [
    ['start', '--otlp', 'soon'],
    '--otlp: The address is "soon"; allowed is one with http:// or https://, such as',
  ],
  [['start', 'now'], 'now: nothing goes after start'],
  [['demo', '--otlp', 'http://127.0.0.1:4318'], 'demo takes no --otlp: it ends by itself'],
  [['demo', '--watch'], 'demo takes no --watch: it ends by itself'],
  [['demo', '--inspect'], 'demo takes no --inspect: it ends by itself'],
  [['demo', '--chaos', 'duplicate=1'], 'demo takes no --chaos: its orders arrive'],
  [['explain', 'R', 'e.json', '--watch'], 'explain takes no --watch: it runs nothing'],
  [['explain'], 'explain takes a rule and a file with an event, received nothing'],
  [['explain', 'USOrdertoAPI'], 'explain takes a rule and a file with an event, received USOrdertoAPI'],
  [['explain', 'USOrdertoAPI', '-', '--port', '1'], 'explain takes no --port: it runs nothing'],
  [['start', '--prot', '1'], "Unknown option '--prot'"],
  [['stop'], 'stop: the commands are start, demo and explain'],
  [[], 'nothing: the commands are start, demo and explain'],
])('%j is refused with a sentence', async (args, message) => {
  const refused = readCommand(args, {});
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(message);
});
