import { account, type Calls, type Cloud, type Json } from '../cloud.ts';

export function iam(cloud: Cloud): Calls {
  const roles = cloud.shelf('roles', 'NoSuchEntity');
  const rolePolicies = cloud.shelf('rolePolicies', 'NoSuchEntity');
  const policyOf = (input: Json) => `${input.RoleName}/${input.PolicyName}`;

  return {
    CreateRole: ({ RoleName, MaxSessionDuration, AssumeRolePolicyDocument, Tags }) => ({
      Role: roles.add(RoleName, {
        RoleName,
        RoleId: cloud.newId(),
        Arn: `arn:aws:iam::${account}:role/${RoleName}`,
        Path: '/',
        CreateDate: new Date().toISOString(),
        MaxSessionDuration,
        AssumeRolePolicyDocument: encodeURIComponent(String(AssumeRolePolicyDocument)),
        Tags,
      }),
    }),
    GetRole: ({ RoleName }) => ({ Role: roles.get(RoleName) }),
    DeleteRole: ({ RoleName }) => roles.remove(RoleName),
    ListRolePolicies: ({ RoleName }) => ({
      PolicyNames: rolePolicies.where('RoleName', RoleName).map(({ PolicyName }) => PolicyName),
    }),
    ListAttachedRolePolicies: () => ({ AttachedPolicies: [] }),
    ListInstanceProfilesForRole: () => ({ InstanceProfiles: [] }),
    PutRolePolicy: (input) => {
      const { RoleName, PolicyName, PolicyDocument } = input;
      roles.get(RoleName);
      const document = encodeURIComponent(String(PolicyDocument));
      rolePolicies.add(policyOf(input), { RoleName, PolicyName, PolicyDocument: document });
      return undefined;
    },
    GetRolePolicy: (input) => rolePolicies.get(policyOf(input)),
    DeleteRolePolicy: (input) => rolePolicies.remove(policyOf(input)),
  };
}
