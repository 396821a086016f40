/** The Lambda function behind the HTTP API. It builds its client once per environment. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { publish } from '@orders/events/publish';
import { clientLimits, createHandler, requiredVariable } from '@orders/function';
import { v7 } from 'uuid';
import { handleRequest } from './handle-request.ts';
import type { Request } from './request.ts';

const busName = requiredVariable('BUS_NAME', 'the name of the event bus to publish to');
const eventBridge = new EventBridgeClient(clientLimits);

export const handler = createHandler((request: Request, { abortSignal, ...invocation }) =>
  handleRequest(request, {
    ...invocation,
    publish: (placed) => publish(eventBridge, busName, [placed], { abortSignal }),
    newId: v7,
  }),
);
