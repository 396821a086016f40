import type { Service } from '../context.ts';
import { operation, parameterErrors } from '../operation.ts';
import type { Plan } from '../plan/read-plan.ts';

/** Who somebody is that asks AWS for it (STS): a role, or else the developer. */
export function createIdentity({ place: { account } }: Plan): Service {
  return {
    operations: {
      target: 'AWSSecurityTokenServiceV20110615',
      action: 'sts',
      errors: parameterErrors('ValidationError'),
      operations: {
        // Nobody needs a permission for it.
        GetCallerIdentity: operation({}, (_, { roleArn }) => {
          const role = roleArn?.split('/').at(-1);
          return role === undefined
            ? { UserId: 'local', Account: account, Arn: `arn:aws:iam::${account}:user/local` }
            : {
                UserId: `${role}:local`,
                Account: account,
                Arn: `arn:aws:sts::${account}:assumed-role/${role}/local`,
              };
        }),
      },
    },
  };
}
