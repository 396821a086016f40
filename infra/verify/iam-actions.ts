/** The action of IAM for calls whose service names them by method and path. */
const byPath: Readonly<Record<string, string>> = {
  'lambda:POST /2015-03-31/functions': 'lambda:CreateFunction',
  'lambda:GET /2015-03-31/functions/{name}': 'lambda:GetFunction',
  'lambda:DELETE /2015-03-31/functions/{name}': 'lambda:DeleteFunction',
  'lambda:GET /2015-03-31/functions/{name}/versions': 'lambda:ListVersionsByFunction',
  'lambda:GET /2020-06-30/functions/{name}/code-signing-config': 'lambda:GetFunctionCodeSigningConfig',
  'lambda:POST /2015-03-31/functions/{name}/policy': 'lambda:AddPermission',
  'lambda:GET /2015-03-31/functions/{name}/policy': 'lambda:GetPolicy',
  'lambda:DELETE /2015-03-31/functions/{name}/policy/{sid}': 'lambda:RemovePermission',
  'lambda:PUT /2019-09-25/functions/{name}/event-invoke-config': 'lambda:PutFunctionEventInvokeConfig',
  'lambda:GET /2019-09-25/functions/{name}/event-invoke-config': 'lambda:GetFunctionEventInvokeConfig',
  'lambda:DELETE /2019-09-25/functions/{name}/event-invoke-config': 'lambda:DeleteFunctionEventInvokeConfig',
  'schemas:GET /tags/{arn}': 'schemas:ListTagsForResource',
  's3:HeadObject': 's3:GetObject',
  's3:ListObjects': 's3:ListBucket',
};

const verbs: Readonly<Record<string, string>> = { POST: 'Create', GET: 'Describe', DELETE: 'Delete' };

/** The action that IAM asks for when the fake of AWS gets a call; nothing for a call that everybody may make. */
export function actionOf(call: string): string | undefined {
  if (call === 'sts:GetCallerIdentity') return undefined;
  const known = byPath[call];
  if (known) return known;
  const [, service = '', method = '', path] = /^(\w+):(\w+)(?: (.*))?$/.exec(call) ?? [];
  if (service === 'apigateway') return `apigateway:${method}`;
  if (service === 'schemas' && path)
    return `schemas:${verbs[method]}${path.includes('/schemas/') ? 'Schema' : 'Registry'}`;
  if (path) throw new Error(`${call}: add its action to verify/iam-actions.ts`);
  return `${service === 'monitoring' ? 'cloudwatch' : service}:${method}`;
}
