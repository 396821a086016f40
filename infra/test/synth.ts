import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { OrderStack } from '../src/order-stack.ts';
import { stageOf } from '../src/stages.ts';

export type Block = Record<string, unknown>;

/** What cdktf writes for a stack: `cdk.tf.json`. */
export interface StackJson {
  terraform: { backend: Block; required_providers: Record<string, Block> };
  provider: Record<string, Block[]>;
  variable: Record<string, Block>;
  output: Record<string, Block>;
  data: Record<string, Record<string, Block>>;
  resource: Record<string, Record<string, Block>>;
}

/** Synthesizes the stack into a new temporary folder, and returns where: that folder, and its Terraform module. */
export function synth(stage?: string): { outdir: string; moduleDir: string } {
  const outdir = mkdtempSync(join(tmpdir(), 'orders-infra-'));
  const app = new App({ outdir });
  const { node } = new OrderStack(app, stageOf(stage));
  app.synth();
  return { outdir, moduleDir: join(outdir, 'stacks', node.id) };
}

/** The synthesized stack, with no file left behind. */
export function synthStack(stage?: string): StackJson {
  const { outdir, moduleDir } = synth(stage);
  try {
    return readStack(moduleDir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export const readStack = (moduleDir: string): StackJson =>
  JSON.parse(readFileSync(join(moduleDir, 'cdk.tf.json'), 'utf8'));

/** A resource or data source of the stack. */
export interface Element {
  /** Where it stands in the tree of constructs: `bus/USOrdertoAPI/target`. */
  path: string;
  /** What Terraform calls it: `aws_cloudwatch_event_target.bus_USOrdertoAPI_target_8950AADD`. */
  address: string;
  type: string;
  attributes: Block;
}

export function elementsOf(stack: StackJson): Element[] {
  const ofBlocks = (prefix: string, blocks: StackJson['resource']) =>
    Object.entries(blocks).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, { '//': meta, ...attributes }]) => ({
        path: (meta as { metadata: { path: string } }).metadata.path.replace(/^[^/]+\//, ''),
        address: `${prefix}${type}.${id}`,
        type,
        attributes,
      })),
    );
  return [...ofBlocks('', stack.resource), ...ofBlocks('data.', stack.data)];
}

export const expression = /\$\{(?<address>(?:data\.)?\w+\.[\w-]+)(?<attribute>\.[\w.]+)?\}/g;

/**
 * The stack as a reader thinks of it: blocks are found by path, references read as `<path.attribute>` and not
 * by Terraform's addresses, and JSON inside of a string is parsed.
 */
export function readable(stack: StackJson) {
  const elements = elementsOf(stack);
  const paths = new Map(elements.map(({ address, path }) => [address, path]));
  for (const name of Object.keys(stack.variable)) paths.set(`var.${name}`, `var.${name}`);
  const unread = new Set(elements.map(({ path }) => path));

  const pathOf = (address: string) => {
    const path = paths.get(address);
    if (path === undefined) throw new Error(`nothing in the stack has the address ${address}`);
    return path;
  };
  const read = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (value.startsWith('{')) return read(JSON.parse(value), key);
      if (key === 'depends_on') return `<${pathOf(value)}>`;
      return value.replace(expression, (_, address, attribute = '') => `<${pathOf(address)}${attribute}>`);
    }
    if (Array.isArray(value)) return value.map((item) => read(item, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, read(inner, name)]));
  };

  return {
    /** Every attribute of the resource or data source at a path, and its type. */
    at(path: string): Block {
      const element = elements.find((candidate) => candidate.path === path);
      if (!element) throw new Error(`nothing in the stack has the path ${path}`);
      unread.delete(path);
      return { type: element.type, ...(read(element.attributes, '') as Block) };
    },
    output: (name: string) => read(stack.output[name], '') as Block,
    provider: (name: string) => read(stack.provider[name], '') as Block[],
    /** The paths that nobody has asked for yet. */
    unread: () => [...unread],
  };
}
