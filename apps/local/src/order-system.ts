import { resolve } from 'node:path';
import {
  type BusEvent,
  isObject,
  type LocalAws,
  type LocalAwsOptions,
  startLocalAws,
} from '@orders/local-aws';
import { sourceLinesOfFiles } from '@orders/stack-trace';
import { consoleRoutes } from './console-routes.ts';
import { createIssuer } from './issuer.ts';
import { orderRoutes } from './order-routes.ts';
import { createPartner } from './partner.ts';

export type OrderSystemOptions = Pick<
  LocalAwsOptions,
  | 'outDir'
  | 'port'
  | 'dataDir'
  | 'inspectPort'
  | 'otlpUrl'
  | 'chaos'
  | 'onFailure'
  | 'onLog'
  | 'findSourceLine'
>;

/** Finds lines of source in the functions as they were built here. */
export const findSourceLine = sourceLinesOfFiles(resolve(import.meta.dirname, '../..'));

/** Starts the order system: the stack, and around it the partner, the issuer of tokens and the values of the stack's variables. */
export const startOrderSystem = (options: OrderSystemOptions): Promise<LocalAws> =>
  startLocalAws({
    findSourceLine,
    ...options,
    subjectOf: orderIdOf,
    surround({ endpoint, stories, state, ...host }) {
      const partner = createPartner(state.collection('orders at the partner'), host);
      const issuer = createIssuer(endpoint, host);
      return {
        variables: {
          us_partner_endpoint: `${endpoint}/_local/partner/orders`,
          us_partner_api_key: partner.apiKey,
          alarm_email: 'nobody@localhost',
          jwt_issuer: issuer.url,
          jwt_audience: issuer.audience,
        },
        routes: { ...consoleRoutes, ...orderRoutes(stories, partner), ...issuer.routes },
      };
    },
  });

/** The order that an event is about. Every order event has its id, under one of these names. */
export function orderIdOf({ detail: { orderId, OrderId, OrderDetails } }: BusEvent): string | undefined {
  const inside = isObject(OrderDetails) ? OrderDetails.orderId : undefined;
  return [orderId, OrderId, inside].find((id) => typeof id === 'string');
}
