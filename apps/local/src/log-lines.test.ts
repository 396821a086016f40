import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { tellProblem } from './log-lines.ts';

const stream = new Writable() as NodeJS.WriteStream;
const found = { file: 'apps/f/src/f.ts', line: 3, column: 7, caller: 'store' };
const tell = (message: string | object) => {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const told = tellProblem({ function: 'f', message: text }, () => found, stream);
  return told === undefined ? undefined : stripVTControlCharacters(told).split('\n');
};
const stackTrace = ['TypeError: no', '    at a (file:///var/task/index.mjs:1:2)'];
const readable = [
  'f ERROR TypeError: no at store (apps/f/src/f.ts:3:7)',
  '    at store (apps/f/src/f.ts:3:7)',
];

test.each<[string, string | object, string[] | undefined]>([
  [
    'a warning with its fields, without those of every line',
    {
      level: 'WARN',
      message: 'refused',
      timestamp: 't',
      service: 'f',
      function_name: 'f',
      orderId: 'o',
      n: { a: 1 },
    },
    ['f WARN refused orderId=o n={"a":1}'],
  ],
  [
    'a field of several lines last, its stack with lines of source',
    { level: 'ERROR', message: 'failed', error: stackTrace.join('\n'), orderId: 'o' },
    ['f ERROR failed orderId=o error=TypeError: no at store (apps/f/src/f.ts:3:7)', readable[1] ?? ''],
  ],
  [
    'the error of an invocation',
    { level: 'ERROR', message: { errorType: 'TypeError', stackTrace } },
    readable,
  ],
  [
    'an error that the console got beside a text',
    { level: 'ERROR', message: 'failed', errorType: 'TypeError', errorMessage: 'no', stackTrace },
    [
      'f ERROR failed errorType=TypeError errorMessage=no ',
      ...readable.map((line) => line.replace('f ERROR ', '')),
    ],
  ],
  [
    'an error in text',
    `2026-01-01T00:00:00Z\tid\tERROR\tInvoke Error \t${JSON.stringify({ stack: stackTrace })}`,
    [`f ERROR Invoke Error  ${(readable[0] ?? '').replace('f ERROR ', '')}`, readable[1] ?? ''],
  ],
  ['nothing of information', { level: 'INFO', message: 'stored' }, undefined],
  ['nothing of information in text', '2026-01-01T00:00:00Z\tid\tINFO\tstored', undefined],
  ["nothing of Lambda's own lines", { time: 't', type: 'platform.report', record: {} }, undefined],
  ['nothing of other text', 'ERROR', undefined],
])('tells %s', (_, message, told) => {
  expect(tell(message)).toEqual(told);
});
