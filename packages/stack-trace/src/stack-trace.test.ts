import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { nodeOptions } from '@orders/jest/node-options';
import { readBundles } from './bundle.ts';
import { sourceLinesOfFiles } from './find-source-line.ts';
import { framesIn } from './frame.ts';
import { readableStack, readableText } from './readable-stack.ts';
import { type BuiltShop, buildShop } from './testing.ts';
import { tellWhere } from './where.ts';

let shop: BuiltShop;
beforeAll(() => {
  shop = buildShop();
});
afterAll(() => shop.remove());

/** The stacks as a function on AWS has them. */
const onAws = () =>
  shop.stacks.map((stack) => stack.join('\n').replaceAll(/file:\/\/\S+\//g, 'file:///var/task/'));
const builtFile = (name: string) => join(shop.apps, 'shop/dist', name);

describe('a stack of code that ran here', () => {
  const readable = (stack: string[]) => readableStack(stack, sourceLinesOfFiles(shop.apps));

  test('has the lines of source and the names there, and folds libraries', () => {
    expect(readable(shop.stacks[0])).toEqual({
      at: 'readAmount (apps/shop/src/price.ts:4:35)',
      lines: [
        '    … 1 frame of JavaScript',
        '    at readAmount (apps/shop/src/price.ts:4:35)',
        '    … 1 frame of @lib/each',
        '    at sumUp (apps/shop/src/handler.ts:14:9)',
        '    at apps/shop/src/handler.ts:20:11',
        expect.stringMatching(/… \d frames of Node\.js$/),
      ],
    });
  });

  test('names the method of an object below an await', () => {
    expect(readable(shop.stacks[1]).lines.slice(0, 4)).toEqual([
      '    … 1 frame of JavaScript',
      '    at readAmount (apps/shop/src/price.ts:4:35)',
      '    at store (apps/shop/src/handler.ts:8:16)',
      '    at async sumUp (apps/shop/src/handler.ts:18:7)',
    ]);
  });

  test('keeps the places of the bundle when that was built anew with other code', () => {
    const ran = builtFile('function/ran.mjs');
    copyFileSync(builtFile('function/index.mjs'), ran);
    appendFileSync(ran, ';');
    const stack = shop.stacks[0].map((line) => line.replace('index.mjs', 'ran.mjs'));
    expect(readable(stack).at).toMatch(/^\w+ \(ran\.mjs:1:\d+\)$/);
  });

  test('that is not there any more keeps its places, too', () => {
    const stack = ['Error: no', '    at f (file:///gone/index.mjs:3:7)', '    at new Promise (<anonymous>)'];
    expect(readable(stack)).toEqual({
      at: 'f (index.mjs:3:7)',
      lines: ['    at f (index.mjs:3:7)', '    … 1 frame of JavaScript'],
    });
  });

  test('of a library alone has no place of its own', () => {
    const stack = ['Error: no', '    at f (/var/task/node_modules/lib/a.js:3:7)'];
    expect(readable(stack)).toEqual({ at: undefined, lines: ['    … 1 frame of lib'] });
  });
});

test('a text has its stacks made readable, with all that is around them', () => {
  const stack = shop.stacks[0].join('\n');
  const text = `order failed\n${stack} {\n  code: 7\n}`;
  const shown = readableText(text, sourceLinesOfFiles(shop.apps)).split('\n');
  expect(shown.slice(0, 4)).toEqual([
    'order failed',
    expect.stringMatching(/^TypeError: .* at readAmount \(apps\/shop\/src\/price\.ts:4:35\)$/),
    '    … 1 frame of JavaScript',
    '    at readAmount (apps/shop/src/price.ts:4:35)',
  ]);
  expect(shown.slice(-3)).toEqual(['{', '  code: 7', '}']);
  expect(readableText('no stack\nat all', sourceLinesOfFiles(shop.apps))).toBe('no stack\nat all');
});

describe('the lines of a stack from AWS', () => {
  const line = '    at readAmount (apps/shop/src/price.ts:4:35)';

  test.each<[string, (stack: string) => string]>([
    ['the stack itself', (stack) => stack],
    [
      'a log line of JSON that has it as lines',
      (stack) => JSON.stringify({ level: 'ERROR', message: { stackTrace: stack.split('\n') } }),
    ],
    ['a log line of JSON that has it as a text', (stack) => JSON.stringify({ level: 'ERROR', error: stack })],
  ])('are found in %s', (_, logged) => {
    const hash = readBundles(shop.apps)[0]?.codeSha256();
    const [title, ...lines] = tellWhere(logged(onAws()[0] ?? ''), shop.apps, hash);
    expect(title).toBe('shop:');
    expect(lines).toEqual([
      line,
      '    … 1 frame of @lib/each',
      '    at sumUp (apps/shop/src/handler.ts:14:9)',
      '    at apps/shop/src/handler.ts:20:11',
    ]);
  });

  test('are found for a place alone', () => {
    const [place = ''] = /index\.mjs:\d+:\d+/.exec(onAws()[0] ?? '') ?? [];
    expect(tellWhere(place, shop.apps)).toEqual(['shop:', '    at apps/shop/src/price.ts:4:35']);
  });

  test.each<[string, string, string | undefined, RegExp]>([
    ['a text without a stack', 'order not stored', undefined, /no place such as index\.mjs:12:78813/],
    [
      'a place behind the end of the code',
      'index.mjs:1:99999',
      undefined,
      /has the place at index\.mjs:1:99999/,
    ],
    [
      'the hash of another zip',
      'index.mjs:1:1',
      'abc=',
      /has the CodeSha256 abc=; there are: shop \S{43}=\. Check out/,
    ],
  ])('are not guessed for %s', (_, text, hash, message) => {
    expect(() => tellWhere(text, shop.apps, hash)).toThrow(message);
  });

  test('are what the command prints; it ends with 1 when it finds none, and with 2 when it is called wrongly', () => {
    const main = resolve(import.meta.dirname, 'main.ts');
    const run = (...args: string[]) => {
      const options = { input: onAws()[0] ?? '', encoding: 'utf8' } as const;
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [...nodeOptions, main, ...args],
        options,
      );
      return { stdout, stderr, status };
    };
    expect(run('-', '--apps', shop.apps)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`shop:\n${line}\n`),
    });
    expect(run('no stack', '--apps', shop.apps)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('"no stack"'),
    });
    expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('received nothing') });
  });

  test('are those of the zip whose hash is given, and its zip alone', () => {
    const hash = readBundles(shop.apps)[0]?.codeSha256();
    const zip = readFileSync(builtFile('function.zip'));
    writeFileSync(builtFile('function.zip'), Buffer.concat([zip, Buffer.from('x')]));
    expect(() => tellWhere('index.mjs:1:1', shop.apps, hash)).toThrow(`has the CodeSha256 ${hash}`);
    writeFileSync(builtFile('function.zip'), zip);
  });
});

test('frames are read in what V8 writes', () => {
  const text = 'at async Object.store (file:///var/task/index.mjs:1:2)\\n    at file:///a b/c.mjs:3:4';
  expect(framesIn(text)).toEqual([
    '    at async Object.store (file:///var/task/index.mjs:1:2)',
    '    at b/c.mjs:3:4',
  ]);
});
