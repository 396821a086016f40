import { CloudwatchEventApiDestination } from '@cdktf/provider-aws/lib/cloudwatch-event-api-destination/index.js';
import { CloudwatchEventConnection } from '@cdktf/provider-aws/lib/cloudwatch-event-connection/index.js';
import { Construct } from 'constructs';

export interface ApiDestinationProps {
  name: string;
  /** The https:// address that events are posted to. */
  endpoint: string;
  /** Sent as the header `x-api-key`. */
  apiKey: string;
  /** How many events a second the other side takes, 1 to 300; EventBridge holds back what is more. */
  ratePerSecond: number;
}

/** An HTTP API outside of AWS that events are posted to, and the connection that holds its key. */
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
