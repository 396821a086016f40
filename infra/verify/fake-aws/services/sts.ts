import { account, type Calls } from '../cloud.ts';

export const sts = (): Calls => ({
  GetCallerIdentity: () => ({ Account: account, Arn: `arn:aws:iam::${account}:user/me`, UserId: 'me' }),
});
