import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDispatch } from './aws.ts';
import { type LocalServer, listen } from './server.ts';
import { createIdentity } from './services/identity.ts';
import { shown } from './shown-by.ts';
import { makeContext, makePlan, sdkConfig } from './testing.ts';
import { createXmlProtocols } from './xml-protocols.ts';

let server: LocalServer;
let sts: STSClient;
let roleKey: string;
beforeEach(async () => {
  const { iam, trace } = makeContext();
  roleKey = iam.openSession('arn:aws:iam::000000000000:role/orders-persister');
  server = await listen(0, (error) => {
    throw error;
  });
  const { operations } = createIdentity(makePlan({}));
  const services = operations ? [shown(operations)] : [];
  const dispatch = createDispatch(services, iam);
  server.serve([createXmlProtocols({ dispatch, iam, trace }, services)], []);
  sts = new STSClient(sdkConfig(server));
});
afterEach(async () => {
  sts.destroy();
  await server.close();
});

describe('GetCallerIdentity', () => {
  test('of a developer', async () => {
    const { $metadata: _, ...identity } = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toEqual({
      UserId: 'local',
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:user/local',
    });
  });

  test('of a role', async () => {
    const credentials = { accessKeyId: roleKey, secretAccessKey: 'local' };
    const client = new STSClient({ ...sdkConfig(server), credentials });
    await expect(client.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Arn: 'arn:aws:sts::000000000000:assumed-role/orders-persister/local',
    });
    client.destroy();
  });
});

test('an action that is unknown is an error that a client of XML reads', async () => {
  await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining("doesn't know AWSSecurityTokenServiceV20110615.GetSessionToken"),
  });
});

/** Sends a request that is signed for a service, as far as that can be seen. */
const send = (service: string, body?: string) =>
  fetch(server.endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/${service}/aws4_request, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
    ...(body !== undefined && { body }),
  });

test.each([
  ['sqs', 'Action=SendMessage&Version=2012-11-05', 400, 'SendMessage of sqs by this protocol'],
  ['iam', 'Action=<b>&Version=1', 400, 'know &lt;b&gt; of iam'],
  ['s3', undefined, 501, "doesn't know s3"],
])('%s, which is not here, answers in XML', async (service, body, status, message) => {
  const response = await send(service, body);
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/xml']);
  expect(await response.text()).toContain(message);
});

test.each([
  ['execute-api', 'Action=x'],
  ['sts', 'location=eu-west'],
  ['sts', undefined],
])(
  'a request that is signed for %s, with the body %s, is left to whatever else is there',
  async (service, body) => {
    expect((await send(service, body)).status).toBe(404);
  },
);
