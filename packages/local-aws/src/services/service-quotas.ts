import { AwsError } from '../aws-error.ts';
import { AwsTime } from '../aws-time.ts';
import type { Context, Service } from '../context.ts';
import { operation, parameterErrors } from '../operation.ts';
import type { Plan } from '../plan/read-plan.ts';
import { type Quota, quotas, quotasIn } from '../quotas.ts';

const required = { type: 'text', required: true } as const;

/** The quotas of the account (Service Quotas): those that the local run enforces. */
export function createServiceQuotas(
  { place: { region, account } }: Plan,
  { state, clock, ids }: Pick<Context, 'state' | 'clock' | 'ids'>,
): Service {
  const { currentOf, raise } = quotasIn(state);
  const arnOf = ({ service, code }: Quota) => `arn:aws:servicequotas:${region}:${account}:${service}/${code}`;
  const find = (service: string, code?: string): Quota => {
    const quota = quotas.find((each) => each.service === service && each.code === code);
    if (quota) return quota;
    const known = quotas.map(({ service, code, name }) => `${code} of ${service} (${name})`);
    throw new AwsError(
      'NoSuchResourceException',
      `The local run doesn't enforce ${code === undefined ? 'any quota' : `the quota ${code}`} of ${service}. It enforces ${known.join(', ')}`,
    );
  };
  const describe = (quota: Quota, Value: number) => ({
    ServiceCode: quota.service,
    ServiceName: quota.serviceName,
    QuotaArn: arnOf(quota),
    QuotaCode: quota.code,
    QuotaName: quota.name,
    Value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
  });

  return {
    operations: {
      target: 'ServiceQuotasV20190624',
      action: 'servicequotas',
      errors: parameterErrors('IllegalArgumentException'),
      operations: {
        GetServiceQuota: operation(
          { ServiceCode: required, QuotaCode: required },
          ({ ServiceCode, QuotaCode }, { authorize }) => {
            const quota = find(ServiceCode, QuotaCode);
            authorize(arnOf(quota));
            return { Quota: describe(quota, currentOf(quota)) };
          },
        ),

        GetAWSDefaultServiceQuota: operation(
          { ServiceCode: required, QuotaCode: required },
          ({ ServiceCode, QuotaCode }, { authorize }) => {
            const quota = find(ServiceCode, QuotaCode);
            authorize(arnOf(quota));
            return { Quota: describe(quota, quota.initial) };
          },
        ),

        ListServiceQuotas: operation({ ServiceCode: required }, ({ ServiceCode }, { authorize }) => {
          authorize('*');
          const found = quotas.filter(({ service }) => service === ServiceCode);
          if (found.length === 0) find(ServiceCode);
          return { Quotas: found.map((quota) => describe(quota, currentOf(quota))) };
        }),

        // Nobody at AWS has to approve it here, so it is in force at once.
        RequestServiceQuotaIncrease: operation(
          { ServiceCode: required, QuotaCode: required, DesiredValue: { type: 'integer', required: true } },
          ({ ServiceCode, QuotaCode, DesiredValue }, { authorize }) => {
            const quota = find(ServiceCode, QuotaCode);
            authorize(arnOf(quota));
            const value = currentOf(quota);
            if (DesiredValue <= value) {
              throw new AwsError(
                'IllegalArgumentException',
                `You must provide a quota value greater than the current quota value. It is ${value}; received ${DesiredValue}.`,
              );
            }
            raise(quota, DesiredValue);
            const { Value: _, Adjustable: __, ...described } = describe(quota, value);
            const now = new AwsTime(clock.now());
            return {
              RequestedQuota: {
                Id: ids.hex(16),
                ...described,
                DesiredValue,
                Status: 'APPROVED',
                Created: now,
                LastUpdated: now,
              },
            };
          },
        ),
      },
    },
  };
}
