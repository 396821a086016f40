import type { JsonObject, LocalAws } from '@orders/local-aws';

/** A message that waits in a queue. */
export interface QueueMessage {
  /** The body, read as JSON. */
  body: JsonObject;
  /** The message attributes, by name. */
  attributes: Record<string, string>;
}

/** An event, or a record of an invocation, that something gave up. */
export interface DeadLetter extends QueueMessage {
  /** The queue that has it: `USOrdertoAPI-dead-letters`. */
  queue: string;
}

/** Reads tables and queues as an AWS SDK does. */
export interface AwsReader {
  /** The row of a table with this key, or undefined. */
  row(TableName: string, key: Record<string, string>): Promise<Record<string, unknown> | undefined>;
  /** All messages of a queue that can be received now. They stay there. */
  messages(QueueName: string): Promise<QueueMessage[]>;
  close(): void;
}

/** The configuration of an AWS SDK client for a system: `new SQSClient(sdkConfig(system))`. */
export const sdkConfig = ({ endpoint, region }: Pick<LocalAws, 'endpoint' | 'region'>) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

/** How long nobody else receives what is being read. */
const readingSeconds = 60;

/** Loads the SDK's clients when they are needed: a test that reads neither waits for neither. */
export function createAwsReader(system: Pick<LocalAws, 'endpoint' | 'region'>): AwsReader {
  const config = sdkConfig(system);
  const clients: { destroy(): void }[] = [];
  const remember = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const once = <Value>(make: () => Promise<Value>) => {
    let made: Promise<Value> | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };
  const dynamoDb = once(async () => {
    const [{ DynamoDBClient }, { DynamoDBDocumentClient, GetCommand }] = await Promise.all([
      import('@aws-sdk/client-dynamodb'),
      import('@aws-sdk/lib-dynamodb'),
    ]);
    return { client: DynamoDBDocumentClient.from(remember(new DynamoDBClient(config))), GetCommand };
  });
  const sqs = once(async () => {
    const commands = await import('@aws-sdk/client-sqs');
    return { client: remember(new commands.SQSClient(config)), ...commands };
  });

  return {
    async row(TableName, Key) {
      const { client, GetCommand } = await dynamoDb();
      return (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
    },
    async messages(QueueName) {
      const { client, ...commands } = await sqs();
      const { QueueUrl } = await client.send(new commands.GetQueueUrlCommand({ QueueName }));
      const received = [];
      for (;;) {
        const { Messages = [] } = await client.send(
          new commands.ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: readingSeconds,
            MessageAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) break;
        received.push(...Messages);
      }
      for (const { ReceiptHandle } of received) {
        await client.send(
          new commands.ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
        );
      }
      return received.map(({ Body = '', MessageAttributes = {} }) => ({
        body: JSON.parse(Body) as JsonObject,
        attributes: Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
        ),
      }));
    },
    close() {
      for (const client of clients) client.destroy();
    },
  };
}
