import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { repository } from './places.ts';
import { reasonOfThrown, reasonOfTurbo } from './tool-reasons.ts';

const root = pathToFileURL(repository).href;

test.each([
  [
    'an error, with its place in the sources',
    `${root}/infra/src/order-stack.ts:120
    bus.rule('A', everything)
                  ^

ReferenceError: everything is not defined
    at new OrderStack (${root}/infra/src/order-stack.ts:120:32)

Node.js v22.23.2
`,
    'infra/src/order-stack.ts:120: everything is not defined',
  ],
  [
    'what the validation of cdktf lists',
    `${root}/node_modules/cdktf/lib/errors.ts:150
const stackValidationFailure = (errorList) => new Error()

Error: Validation failed with the following errors:
  [orders-dev] The rule A can never match
  [orders-dev] The rule B can never match

If you wish to ignore these validations, pass 'skipValidation: true'

    at App.synth (${root}/node_modules/cdktf/lib/app.js:79:16)
    at ${root}/infra/main.ts:14:7
`,
    'infra/main.ts:14:7: [orders-dev] The rule A can never match\n[orders-dev] The rule B can never match',
  ],
  [
    'a syntax error',
    `node:internal/modules/run_main:123
    triggerUncaughtException(
${root}/infra/src/order-stack.ts:120
    bus.rule(('A'

SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expected ',', got ';'
    at parseTypeScript (node:internal/modules/typescript:67:36)
`,
    "infra/src/order-stack.ts:120: Expected ',', got ';'",
  ],
  ['a message without a stack', 'STAGE is "x", which isn\'t a stage\n', 'STAGE is "x", which isn\'t a stage'],
])('what a script throws: %s', (_, stderr, reason) => {
  expect(reasonOfThrown(stderr)).toBe(reason);
});

test('what a task of turbo prints', () => {
  expect(
    reasonOfTurbo(`• Packages in scope: @orders/events
@orders/events:generate: cache miss, executing 3b0c
@orders/events:generate:
@orders/events:generate: > @orders/events@0.1.0 generate /x
@orders/events:generate: order-placed.json: it is no JSON
@orders/events:generate: ERROR: command finished with error: exited (1)
 Tasks:    0 successful, 1 total`),
  ).toBe('order-placed.json: it is no JSON');
  expect(
    reasonOfTurbo(`• turbo 2.11.11
   • Packages in scope: @orders/events
   • Remote caching disabled, using shared worktree cache

  x Unable to find package manager binary: cannot find binary path
`),
  ).toBe('x Unable to find package manager binary: cannot find binary path');
});
