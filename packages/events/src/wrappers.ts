import { valueAt } from './json-pointer.ts';

/** A shape in which a service hands on events. */
export interface Wrapper {
  /** In messages: "received an SQS message". */
  name: string;
  /** The JSON Pointer of what is inside: a list, a text, or an object. */
  inside: string;
  /** What is inside is a list, each item of which may be a wrapper or an event. */
  isList?: true;
  /** What is inside is a text in Base64. */
  isBase64?: true;
  /** The JSON Pointer of a field that tells this shape from others. */
  sign?: string;
}

/** From the developer guides of Lambda, EventBridge, SNS and Firehose. A wrapper may be inside another. */
const wrappers: readonly Wrapper[] = [
  { name: 'a batch of records', inside: '/Records', isList: true },
  { name: 'a Firehose batch', inside: '/records', isList: true, sign: '/deliveryStreamArn' },
  { name: 'the answer of ReceiveMessage', inside: '/Messages', isList: true },
  { name: 'a list', inside: '', isList: true },
  { name: 'an SQS message', inside: '/body', sign: '/messageId' },
  { name: 'an SQS message', inside: '/Body', sign: '/MessageId' },
  { name: 'an SNS record', inside: '/Sns/Message' },
  { name: 'an SNS notification', inside: '/Message', sign: '/TopicArn' },
  { name: 'a Kinesis record', inside: '/kinesis/data', isBase64: true },
  // As a pipe hands it on.
  { name: 'a Kinesis record', inside: '/data', sign: '/sequenceNumber', isBase64: true },
  { name: 'a Firehose record', inside: '/data', sign: '/recordId', isBase64: true },
  { name: 'the record of a Lambda invocation', inside: '/requestPayload', sign: '/requestContext' },
  // As a bus delivers it, when the destination of the function is a bus.
  {
    name: 'the record of a Lambda invocation',
    inside: '/detail/requestPayload',
    sign: '/detail/requestContext/functionArn',
  },
];

/** The wrapper that a value is; undefined for anything else, such as an event. */
export const wrapperOf = (value: unknown): Wrapper | undefined =>
  typeof value === 'object' && value !== null ? wrappers.find((wrapper) => fits(wrapper, value)) : undefined;

function fits({ inside, isList, isBase64, sign }: Wrapper, value: object): boolean {
  const content = valueAt(value, inside);
  if (isList ? !Array.isArray(content) : content === undefined) return false;
  if (isBase64 && typeof content !== 'string') return false;
  return sign === undefined || valueAt(value, sign) !== undefined;
}
