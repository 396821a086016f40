import { createHash } from 'node:crypto';

/** An attribute of a message, as SQS's protocol has it. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, perhaps with a custom label after a dot. */
  DataType: string;
  StringValue?: string;
  /** In base64. */
  BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** An attribute of type String. */
export const stringAttribute = (value: string): MessageAttribute => ({
  DataType: 'String',
  StringValue: value,
});

/** The attributes that are text, by name. */
export const textsOf = (attributes: MessageAttributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue]],
    ),
  );

const isBinary = ({ DataType }: MessageAttribute) => DataType.startsWith('Binary');
const bytesOf = (attribute: MessageAttribute): Buffer =>
  isBinary(attribute)
    ? Buffer.from(attribute.BinaryValue ?? '', 'base64')
    : Buffer.from(attribute.StringValue ?? '');

export const md5 = (data: string | Buffer): string => createHash('md5').update(data).digest('hex');

/** How many bytes of a message's size the attributes take: their names, types and values. */
export const attributesSize = (attributes: MessageAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + bytesOf(attribute).length,
    0,
  );

/** The digest by which a client checks them (SQS developer guide, "Calculating the MD5 message digest"). */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const withLength = (data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return [length, data];
  };
  const parts = Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, attribute]) => [
      ...withLength(Buffer.from(name)),
      ...withLength(Buffer.from(attribute.DataType)),
      Buffer.of(isBinary(attribute) ? 2 : 1),
      ...withLength(bytesOf(attribute)),
    ]);
  return md5(Buffer.concat(parts));
}
