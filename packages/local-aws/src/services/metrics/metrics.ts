import type { Context, Service } from '../../context.ts';
import { parameterErrors } from '../../operation.ts';
import type { Plan } from '../../plan/read-plan.ts';
import { readAlarms } from './alarm.ts';
import { alarmOperations } from './alarm-operations.ts';
import { checkMetrics } from './check-metrics.ts';
import { metricsOperations } from './metrics-operations.ts';

/**
 * CloudWatch's metrics, and the alarms of the stack: what the services have counted in this process.
 *
 * @throws {UnsupportedError} for an alarm of a kind that can't be evaluated here
 */
export function createMetrics(plan: Plan, context: Context): Service {
  const { metrics } = context;
  const check = checkMetrics(plan, metrics);
  const errors = parameterErrors('InvalidParameterValue');
  return {
    operations: {
      target: 'GraniteServiceVersion20100801',
      action: 'cloudwatch',
      errors,
      operations: {
        ...metricsOperations(metrics, check, errors),
        ...alarmOperations(readAlarms(plan), context, check),
      },
    },
  };
}
