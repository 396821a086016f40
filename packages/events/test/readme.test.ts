import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { pattern } from '../src/index.ts';

const packageDir = resolve(import.meta.dirname, '..');
const infraDir = resolve(packageDir, '../../infra');
const readme = readFileSync(join(packageDir, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'orders-readme-'));
  const link = (name: string, target: string) => {
    mkdirSync(dirname(join(dir, 'node_modules', name)), { recursive: true });
    symlinkSync(target, join(dir, 'node_modules', name));
  };
  link('@orders/events', packageDir);
  for (const name of ['@aws-sdk/client-eventbridge', '@types/node', 'aws-cdk-lib', 'constructs'])
    link(name, join(packageDir, 'node_modules', name));
  for (const name of ['@cdktf/provider-aws', 'cdktf']) link(name, join(infraDir, 'node_modules', name));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("the README's examples", () => {
  test('in TypeScript compile', () => {
    const files = blocks('ts').map((code, index) => {
      const file = join(dir, `example-${index}.ts`);
      writeFileSync(file, code);
      return file;
    });
    expect(files).toHaveLength(6);
    const program = ts.createProgram(files, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: ['node'],
      typeRoots: [join(dir, 'node_modules/@types')],
    });
    const errors = ts.getPreEmitDiagnostics(program);
    expect(errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  test('of a rule in Terraform and in SAM have the pattern that is built in TypeScript', () => {
    const expected = pattern('Order Dispatched', { value: [{ numeric: ['>=', 1000] }] });
    const [hcl = ''] = blocks('hcl');
    // HCL's objects are JSON's, but for the equals signs and the commas that a new line saves.
    const object = /jsonencode\((\{.*\})\)/s.exec(hcl)?.[1] ?? '';
    expect(
      JSON.parse(object.replaceAll(' = ', ': ').replace(/ +: /g, ': ').replace(/\]\n/g, '],\n')),
    ).toEqual(expected);

    const [yaml = ''] = blocks('yaml');
    const lines = /Pattern:\n(.*)/s.exec(yaml)?.[1]?.replace(/\s+/g, ' ').trim();
    expect(lines).toBe(
      `source: [${expected.source}] detail-type: [${expected['detail-type']}] detail: value: [{ numeric: [">=", 1000] }]`,
    );
  });
});
