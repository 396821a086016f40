import type { TestSystem } from '../src/testing/index.ts';

/** Puts an event on the bus, as a publisher other than the functions does: no function has to run for it. */
export async function putEvent(
  { endpoint }: Pick<TestSystem, 'endpoint'>,
  detailType: string,
  detail: object,
): Promise<void> {
  const entry = { Source: 'com.aws.orders', DetailType: detailType, Detail: JSON.stringify(detail) };
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
    body: JSON.stringify({ Entries: [{ EventBusName: 'Orders', ...entry }] }),
  });
  const answer = await response.text();
  if (!answer.includes('"FailedEntryCount":0')) throw new Error(`The bus refused ${detailType}: ${answer}`);
}
