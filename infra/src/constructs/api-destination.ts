import { CloudwatchEventApiDestination } from '@cdktf/provider-aws/lib/cloudwatch-event-api-destination/index.js';
import { CloudwatchEventConnection } from '@cdktf/provider-aws/lib/cloudwatch-event-connection/index.js';
import { Construct } from 'constructs';

export interface ApiDestinationProps {
  name: string;
  /** The https:// address that gets the events. */
  endpoint: string;
  /** Sent as the header `x-api-key`. */
  apiKey: string;
  /** The most events a second, 1 to 300. EventBridge holds back the rest. */
  ratePerSecond: number;
}

/** An HTTP API outside AWS that gets events by POST, and the connection that holds its key. */
export class ApiDestination extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, endpoint, apiKey, ratePerSecond }: ApiDestinationProps) {
    super(scope, id);
    const connection = new CloudwatchEventConnection(this, 'connection', {
      name,
      authorizationType: 'API_KEY',
      authParameters: { apiKey: { key: 'x-api-key', value: apiKey } },
    });
    const { arn } = new CloudwatchEventApiDestination(this, 'destination', {
      name,
      connectionArn: connection.arn,
      invocationEndpoint: endpoint,
      httpMethod: 'POST',
      invocationRateLimitPerSecond: ratePerSecond,
    });
    this.arn = arn;
  }
}
