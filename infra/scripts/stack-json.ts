export type Block = Record<string, unknown>;

/** What cdktf writes for a stack: `cdk.tf.json`. */
export interface StackJson {
  terraform: { backend: Block; required_version: string; required_providers: Record<string, Block> };
  provider: Record<string, Block[]>;
  variable: Record<string, Block>;
  output: Record<string, Block>;
  data: Record<string, Record<string, Block>>;
  resource: Record<string, Record<string, Block>>;
}

/** A resource or a data source at its place in the stack. */
interface PlacedBlock {
  /** Its place in the tree of constructs: `bus/USOrdertoAPI/target`. */
  path: string;
  /** Terraform's name for it: `aws_cloudwatch_event_target.bus_USOrdertoAPI_target_8950AADD`. */
  address: string;
  /** `aws_sqs_queue`; for a data source `data.aws_partition`. */
  type: string;
  /** The object in the stack itself, with cdktf's notes. */
  block: Block;
}

/** A resource or a data source of the stack. */
export interface Element extends PlacedBlock {
  attributes: Block;
}

type WithResources = Pick<StackJson, 'resource'> & Partial<StackJson>;

export function elementsOf(stack: WithResources): Element[] {
  return blocksOf(stack).map((placed) => {
    const { '//': _, ...attributes } = placed.block;
    return { ...placed, attributes };
  });
}

/** A block has the same place in each copy of a stack that has this block. */
const placedBefore = new WeakMap<Block, PlacedBlock>();

/** The elements of a stack without a copy of their attributes. */
export function blocksOf(stack: WithResources): PlacedBlock[] {
  const ofBlocks = (prefix: string, blocks: StackJson['resource']) =>
    Object.entries(blocks).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, block]) => {
        const known = placedBefore.get(block);
        if (known) return known;
        const { path } = (block['//'] as { metadata: { path: string } }).metadata;
        const placed = {
          path: path.slice(path.indexOf('/') + 1),
          address: `${prefix}${type}.${id}`,
          type: `${prefix}${type}`,
          block,
        };
        placedBefore.set(block, placed);
        return placed;
      }),
    );
  return [...ofBlocks('', stack.resource), ...ofBlocks('data.', stack.data ?? {})];
}

/** A reference in a text: `${aws_sqs_queue.unrouted_queue_8950AADD.arn}`. */
export const reference = /\$\{(?<address>(?:data\.)?\w+\.[\w-]+)(?<attribute>\.[\w.]+)?\}/g;
