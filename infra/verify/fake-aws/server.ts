/**
 * AWS's control plane in memory: the calls that create, read and delete the resources of the order stack, and no others.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AwsError, type Call, Cloud, type Json } from './cloud.ts';
import { apiGateway } from './services/api-gateway.ts';
import { cloudWatch } from './services/cloud-watch.ts';
import { dynamodb } from './services/dynamodb.ts';
import { eventBridge } from './services/event-bridge.ts';
import { iam } from './services/iam.ts';
import { kms } from './services/kms.ts';
import { lambda } from './services/lambda.ts';
import { logs } from './services/logs.ts';
import { s3 } from './services/s3.ts';
import { schemas } from './services/schemas.ts';
import { sns } from './services/sns.ts';
import { sqs } from './services/sqs.ts';
import { stepFunctions } from './services/step-functions.ts';
import { sts } from './services/sts.ts';
import { type Asked, read, written, writtenError } from './wire.ts';

export interface FakeAws {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  /** Every call in order: its name, such as `events:PutRule`, and its input. */
  requests: { call: string; input: Json }[];
  /** The unknown calls, which it refused. */
  refused: string[];
  /** The existing resources, such as `roles orders-1`. */
  resources(): string[];
  stop(): Promise<void>;
}

/** The calls of all services, by name, after the service name in the signature of a request. */
function callsOn(cloud: Cloud): Map<string, Call> {
  const services = {
    apigateway: apiGateway(cloud),
    dynamodb: dynamodb(cloud),
    events: eventBridge(cloud),
    iam: iam(cloud),
    kms: kms(cloud),
    lambda: lambda(cloud),
    logs: logs(cloud),
    monitoring: cloudWatch(cloud),
    s3: s3(cloud),
    schemas: schemas(cloud),
    sns: sns(cloud),
    sqs: sqs(cloud),
    states: stepFunctions(cloud),
    sts: sts(),
  };
  return new Map(
    Object.entries(services).flatMap(([service, calls]) =>
      Object.entries(calls).map(([name, call]) => [`${service}:${name}`, call] as const),
    ),
  );
}

/** Starts the server on a free port of the loopback interface. */
export async function startFakeAws(): Promise<FakeAws> {
  const cloud = new Cloud();
  const calls = callsOn(cloud);
  const requests: FakeAws['requests'] = [];
  const refused: string[] = [];

  function answer({ call, input }: Asked): Json {
    requests.push({ call, input });
    const known = calls.get(call);
    if (known) return known(input) ?? {};
    refused.push(call);
    throw new AwsError(400, 'UnknownCall', `the fake of AWS doesn't know the call ${call}`);
  }

  const server = createServer(async (request, response) => {
    let asked: Asked = { call: `${request.method} ${request.url}`, input: {}, form: 'json' };
    try {
      asked = read(request, await text(request), calls.keys());
      response.end(written(asked, answer(asked)));
    } catch (error) {
      const known =
        error instanceof AwsError ? error : new AwsError(400, 'FakeIsBroken', `${asked.call}: ${error}`);
      response.writeHead(known.status, { 'x-amzn-errortype': known.code });
      response.end(writtenError(asked, known));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    refused,
    resources: () => cloud.resources(),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
