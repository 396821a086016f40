import { type Operation, operation } from '../../operation.ts';
import type { Concurrency } from './concurrency.ts';
import type { FindFunction } from './find-function.ts';

type Found = { name: string; codeSize: number };

const FunctionName = { type: 'text', required: true } as const;

/** The operations of Lambda on how many invocations may run at once. */
export function concurrencyOperations(
  functions: readonly Found[],
  find: FindFunction<Found>,
  concurrency: Concurrency,
): Record<string, Operation> {
  return {
    GetAccountSettings: operation({}, (_, { authorize }) => {
      authorize('*');
      return {
        AccountLimit: {
          ConcurrentExecutions: concurrency.limit,
          UnreservedConcurrentExecutions: concurrency.unreserved,
        },
        AccountUsage: {
          FunctionCount: functions.length,
          TotalCodeSize: functions.reduce((total, { codeSize }) => total + codeSize, 0),
        },
      };
    }),

    PutFunctionConcurrency: operation(
      { FunctionName, ReservedConcurrentExecutions: { type: 'integer', required: true, min: 0 } },
      (input, { authorize }) => {
        const { target, asNamed } = find(input.FunctionName);
        authorize(asNamed);
        concurrency.reserve(target.name, input.ReservedConcurrentExecutions);
        return { ReservedConcurrentExecutions: input.ReservedConcurrentExecutions };
      },
    ),

    GetFunctionConcurrency: operation({ FunctionName }, (input, { authorize }) => {
      const { target, asNamed } = find(input.FunctionName);
      authorize(asNamed);
      return reservedOf(concurrency, target.name);
    }),

    DeleteFunctionConcurrency: operation({ FunctionName }, (input, { authorize }) => {
      const { target, asNamed } = find(input.FunctionName);
      authorize(asNamed);
      concurrency.reserve(target.name, undefined);
      return {};
    }),
  };
}

/** What is reserved for a function, as Lambda writes it: nothing for one that has none. */
export function reservedOf(
  { reservedFor }: Concurrency,
  name: string,
): { ReservedConcurrentExecutions?: number } {
  const reserved = reservedFor(name);
  return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
}
