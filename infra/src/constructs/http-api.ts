import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration/index.js';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route/index.js';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Construct } from 'constructs';
import type { NodeFunction } from './node-function.ts';

export interface HttpApiProps {
  name: string;
  /** The stage, the first part of every path. */
  stage: string;
  handler: NodeFunction;
}

/** An HTTP API whose every request, whatever its path and method, one function answers. */
export class HttpApi extends Construct {
  /** The API's address, with the stage and with no slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, { name, stage: stageName, handler }: HttpApiProps) {
    super(scope, id);
    const api = new Apigatewayv2Api(this, 'api', { name, protocolType: 'HTTP' });
    const integration = new Apigatewayv2Integration(this, 'integration', {
      apiId: api.id,
      integrationType: 'AWS_PROXY',
      integrationUri: handler.invokeArn,
      payloadFormatVersion: '2.0',
    });
    const route = new Apigatewayv2Route(this, 'route', {
      apiId: api.id,
      routeKey: '$default',
      target: `integrations/${integration.id}`,
    });
    new LambdaPermission(this, 'permission', {
      functionName: handler.name,
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn: `${api.executionArn}/${stageName}/$default`,
    });
    const stage = new Apigatewayv2Stage(this, 'stage', {
      apiId: api.id,
      name: stageName,
      autoDeploy: true,
      // Left out, the provider sends 0 for both, and the API refuses every request.
      defaultRouteSettings: { throttlingBurstLimit: 100, throttlingRateLimit: 50 },
      dependsOn: [route],
    });
    this.url = stage.invokeUrl;
  }
}
