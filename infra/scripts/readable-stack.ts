import { type Block, blocksOf, reference, type StackJson } from './stack-json.ts';

/** The attributes of a resource or a data source, after its type: `aws_sqs_queue`, `data.aws_partition`. */
export type Resource = Block & { resource: string };

/**
 * A stack in the form for readers: resources by path, references as `<path.attribute>` instead of Terraform's addresses, and
 * JSON inside a string parsed. A reference to a resource that the stack doesn't have is `<missing address.attribute>`.
 */
export interface ReadableStack {
  terraform: Block;
  provider: Record<string, Block[]>;
  variable: Record<string, Block>;
  output: Record<string, Block>;
  /** The resources and data sources by path, sorted. */
  resources: Record<string, Resource>;
}

/**
 * The results of earlier reads, by block. A result is valid while each address that the block refers to has the same path, or
 * still has none. Tests read a stack hundreds of times, with one block changed at a time.
 */
const readBefore = new WeakMap<Block, { referred: Referred[]; resource: Resource }>();

interface Referred {
  address: string;
  path: string | undefined;
}

export function readableStack(stack: StackJson): ReadableStack {
  const blocks = blocksOf(stack);
  const paths = new Map(blocks.map(({ address, path }) => [address, path]));
  for (const name of Object.keys(stack.variable ?? {})) paths.set(`var.${name}`, `var.${name}`);
  let referred: Referred[] = [];
  const show = (address: string, attribute = '') => {
    const path = paths.get(address);
    referred.push({ address, path });
    return path === undefined ? `<missing ${address}${attribute}>` : `<${path}${attribute}>`;
  };

  const read = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (key === 'depends_on') return show(value);
      return (
        parsed(value, (json) => read(json, key)) ?? value.replace(reference, (_, ...at) => show(at[0], at[1]))
      );
    }
    if (Array.isArray(value)) return value.map((item) => read(item, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, read(inner, name)]));
  };
  const section = <T>(value: T | undefined) => (read(value, '') ?? {}) as T;

  const resources = blocks.map(({ path, type, block }) => {
    const known = readBefore.get(block);
    if (known?.referred.every(({ address, path }) => paths.get(address) === path))
      return [path, known.resource] as const;
    referred = [];
    const { '//': _, ...attributes } = block;
    const resource = { resource: type, ...(read(attributes, '') as Block) };
    readBefore.set(block, { referred, resource });
    return [path, resource] as const;
  });
  return {
    terraform: section(stack.terraform),
    provider: section(stack.provider),
    // The conditions of a variable are functions of Terraform.
    variable: stack.variable ?? {},
    output: section(stack.output),
    resources: Object.fromEntries(resources.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Reads the object in a text of JSON; undefined for any other text. */
function parsed(text: string, read: (json: object) => unknown): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return read(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
