import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { makeOrderPlaced, makeOrderProcessed } from '@orders/events/testing';
import type { Variant } from './variants.ts';

/** Milliseconds of a new process. */
export interface ColdStart {
  import: number;
  /** The first invocation, after the import. */
  invocation: number;
}

/** What each function is invoked with. */
const events: Readonly<Record<string, unknown>> = {
  producer: {
    version: '2.0',
    rawPath: '/dev/',
    rawQueryString: 'category=office-supplies&location=eu-west&value=300',
    queryStringParameters: { category: 'office-supplies', location: 'eu-west', value: '300' },
    headers: {},
    requestContext: {
      requestId: 'r',
      stage: 'dev',
      http: { method: 'GET', path: '/dev/', sourceIp: '127.0.0.1' },
    },
  },
  persister: makeOrderProcessed(),
  tracker: makeOrderPlaced(),
};

/** A process that loads the module, invokes its handler once, and prints how long both took. */
const script = `
const [file, event] = process.argv.slice(1);
const context = { awsRequestId: 'r', functionName: 'f', getRemainingTimeInMillis: () => 10_000 };
const begun = performance.now();
const { handler } = await import(file);
const loaded = performance.now();
await handler(JSON.parse(event), context);
const answered = performance.now();
process.stdout.write('\\nmeasured ' + JSON.stringify({ import: loaded - begun, invocation: answered - loaded }));
process.exit(0);
`;

/** An AWS that accepts everything. */
export async function startAcceptingAws(): Promise<{ endpoint: string; close(): void }> {
  const server: Server = createServer(async (request, response) => {
    for await (const _ of request);
    const isPut = String(request.headers['x-amz-target']).endsWith('.PutEvents');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(isPut ? '{"FailedEntryCount":0,"Entries":[{"EventId":"e"}]}' : '{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** @throws an Error with what the process printed, if it fails */
export async function measureColdStart(variant: Variant, endpoint: string): Promise<ColdStart> {
  const args = [
    '--input-type=module',
    '-e',
    script,
    '--',
    pathToFileURL(variant.file).href,
    JSON.stringify(events[variant.function] ?? {}),
  ];
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_CONFIG_FILE: join('/', 'nowhere'),
    AWS_SHARED_CREDENTIALS_FILE: join('/', 'nowhere'),
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    BUS_NAME: 'Orders',
    TABLE_NAME: 'OrderDetails',
    DISPATCHED_LOCATION: 'eu-west',
    DISPATCHED_WITHIN_MINUTES: '15',
  };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1e7 });
  const measured = /\nmeasured (\{.*\})$/.exec(stdout)?.[1];
  if (measured === undefined) throw new Error(`${variant.file} printed no figures:\n${stdout}`);
  return JSON.parse(measured) as ColdStart;
}
