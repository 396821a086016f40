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

/** A resource or a data source of the stack. */
export interface Element {
  /** Its place in the tree of constructs: `bus/USOrdertoAPI/target`. */
  path: string;
  /** Terraform's name for it: `aws_cloudwatch_event_target.bus_USOrdertoAPI_target_8950AADD`. */
  address: string;
  /** `aws_sqs_queue`; for a data source `data.aws_partition`. */
  type: string;
  attributes: Block;
  /** The object in the stack itself, with cdktf's notes. */
  block: Block;
}

export function elementsOf(stack: Pick<StackJson, 'resource'> & Partial<StackJson>): Element[] {
  const ofBlocks = (prefix: string, blocks: StackJson['resource']) =>
    Object.entries(blocks).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, block]) => {
        const { '//': notes, ...attributes } = block;
        const { path } = (notes as { metadata: { path: string } }).metadata;
        return {
          path: path.replace(/^[^/]+\//, ''),
          address: `${prefix}${type}.${id}`,
          type: `${prefix}${type}`,
          attributes,
          block,
        };
      }),
    );
  return [...ofBlocks('', stack.resource), ...ofBlocks('data.', stack.data ?? {})];
}

/** A reference in a text: `${aws_sqs_queue.unrouted_queue_8950AADD.arn}`. */
export const reference = /\$\{(?<address>(?:data\.)?\w+\.[\w-]+)(?<attribute>\.[\w.]+)?\}/g;
