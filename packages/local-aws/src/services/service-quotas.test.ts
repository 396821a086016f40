import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LocalServer, listen } from '../server.ts';
import { makeContext, makePlan, sdkConfig, serveAws } from '../testing.ts';
import { createConcurrency } from './function/concurrency.ts';
import { createServiceQuotas } from './service-quotas.ts';

let server: LocalServer;
let client: ServiceQuotasClient;
let context: ReturnType<typeof makeContext>;
beforeEach(async () => {
  server = await listen(0, (error) => {
    throw error;
  });
  context = makeContext();
  serveAws(server, [createServiceQuotas(makePlan({}), context)], context);
  client = new ServiceQuotasClient(sdkConfig(server));
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const concurrency = { ServiceCode: 'lambda', QuotaCode: 'L-B99A9384' };
const raise = (DesiredValue: number) =>
  client.send(new RequestServiceQuotaIncreaseCommand({ ...concurrency, DesiredValue }));

test('a quota is what the account has, and what every account has at first', async () => {
  await raise(2_000);
  const { Quota } = await client.send(new GetServiceQuotaCommand(concurrency));
  expect(Quota).toMatchObject({
    ...concurrency,
    QuotaArn: 'arn:aws:servicequotas:eu-west-1:000000000000:lambda/L-B99A9384',
    QuotaName: 'Concurrent executions',
    Value: 2_000,
    Adjustable: true,
  });
  const initial = await client.send(new GetAWSDefaultServiceQuotaCommand(concurrency));
  expect(initial.Quota).toMatchObject({ Value: 1_000 });
  const { Quotas } = await client.send(new ListServiceQuotasCommand({ ServiceCode: 'lambda' }));
  expect(Quotas).toEqual([Quota]);
});

test('an increase that is asked for is in force at once', async () => {
  const { RequestedQuota } = await raise(3_000);
  expect(RequestedQuota).toMatchObject({
    ...concurrency,
    DesiredValue: 3_000,
    Status: 'APPROVED',
    Created: expect.any(Date),
  });
  expect(createConcurrency(context).limit).toBe(3_000);
});

test('an increase to what there is already is refused', async () => {
  await expect(raise(1_000)).rejects.toMatchObject({
    name: 'IllegalArgumentException',
    message: expect.stringContaining('It is 1000; received 1000.'),
  });
});

test.each([
  [
    'of another code',
    'the quota L-2ACBD22F of lambda',
    new GetServiceQuotaCommand({ ServiceCode: 'lambda', QuotaCode: 'L-2ACBD22F' }),
  ],
  ['of another service', 'any quota of events', new ListServiceQuotasCommand({ ServiceCode: 'events' })],
])('a quota %s is refused by its name: the local run does not enforce it', async (_, what, command) => {
  await expect(client.send(command as GetServiceQuotaCommand)).rejects.toMatchObject({
    name: 'NoSuchResourceException',
    message: `The local run doesn't enforce ${what}. It enforces L-B99A9384 of lambda (Concurrent executions)`,
  });
});
