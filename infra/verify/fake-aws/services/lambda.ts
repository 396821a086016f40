import { arn, type Calls, type Cloud } from '../cloud.ts';

export function lambda(cloud: Cloud): Calls {
  const functions = cloud.shelf('functions');
  const permissions = cloud.shelf('permissions');
  const invokeConfigs = cloud.shelf('invokeConfigs');

  const functionPath = '/2015-03-31/functions/{name}';
  const invokeConfigPath = '/2019-09-25/functions/{name}/event-invoke-config';

  return {
    'POST /2015-03-31/functions': ({ Code: _, ...input }) =>
      functions.add(input.FunctionName, {
        ...input,
        FunctionArn: arn('lambda', `function:${input.FunctionName}`),
        Version: '$LATEST',
        State: 'Active',
        LastUpdateStatus: 'Successful',
      }),
    [`GET ${functionPath}`]: ({ name }) => {
      const Configuration = functions.get(name);
      return { Configuration, Code: {}, Tags: Configuration.Tags };
    },
    [`GET ${functionPath}/versions`]: ({ name }) => ({ Versions: [functions.get(name)] }),
    'GET /2020-06-30/functions/{name}/code-signing-config': ({ name }) => ({ FunctionName: name }),
    [`DELETE ${functionPath}`]: ({ name }) => functions.remove(name),

    [`POST ${functionPath}/policy`]: ({ name, StatementId, ...input }) => {
      const { FunctionArn } = functions.get(name);
      const statement = {
        name,
        Sid: StatementId,
        Effect: 'Allow',
        Principal: { Service: input.Principal },
        Action: input.Action,
        Resource: FunctionArn,
        Condition: { ArnLike: { 'AWS:SourceArn': input.SourceArn } },
      };
      return { Statement: JSON.stringify(permissions.add(`${name}/${StatementId}`, statement)) };
    },
    [`GET ${functionPath}/policy`]: ({ name }) => ({
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: permissions.where('name', name) }),
    }),
    [`DELETE ${functionPath}/policy/{sid}`]: ({ name, sid }) => permissions.remove(`${name}/${sid}`),

    [`PUT ${invokeConfigPath}`]: ({ name, ...input }) => invokeConfigs.add(name, input),
    [`GET ${invokeConfigPath}`]: ({ name }) => invokeConfigs.get(name),
    [`DELETE ${invokeConfigPath}`]: ({ name }) => invokeConfigs.remove(name),
  };
}
