import { AwsError } from '../../aws-error.ts';
import { AwsTime } from '../../aws-time.ts';
import type { Context, Service } from '../../context.ts';
import { operation, parameterErrors } from '../../operation.ts';
import { block, type Plan, text } from '../../plan/read-plan.ts';
import type { TraceEntry } from '../../trace-entry.ts';
import { readFilter } from './filter-expression.ts';
import { segmentsOf, type Traced } from './segments.ts';
import { type Summary, summarize } from './summary.ts';

/** The most traces that one call gives. */
const maxTraces = 5;
const time = { type: 'time', required: true } as const;

/** X-Ray's traces: what the trace of the local run has of functions and state machines that the stack has traced. */
export function createTraces(plan: Plan, { trace }: Pick<Context, 'trace'>): Service {
  const traced = readTraced(plan);
  return {
    operations: {
      target: 'AWSXRay',
      action: 'xray',
      errors: parameterErrors('InvalidRequestException'),
      operations: {
        GetTraceSummaries: operation(
          {
            StartTime: time,
            EndTime: time,
            TimeRangeType: { type: 'text', oneOf: ['TraceId'] },
            FilterExpression: { type: 'text' },
          },
          ({ StartTime, EndTime, FilterExpression }, { authorize }) => {
            authorize('*');
            const matches = FilterExpression === undefined ? () => true : readFilter(FilterExpression);
            const found = flows(trace.entries())
              .flatMap((entries) => summarize(segmentsOf(entries, traced)) ?? [])
              .filter(({ startTime }) => startTime >= StartTime && startTime <= EndTime)
              .filter(matches);
            return {
              TraceSummaries: found.map(describe),
              TracesProcessedCount: found.length,
              ApproximateTime: new AwsTime(StartTime * 1_000),
            };
          },
        ),

        BatchGetTraces: operation(
          { TraceIds: { type: 'texts', required: true } },
          ({ TraceIds }, { authorize }) => {
            authorize('*');
            if (TraceIds.length > maxTraces) {
              throw new AwsError(
                'InvalidRequestException',
                `TraceIds has ${TraceIds.length} ids; X-Ray takes ${maxTraces} at once`,
              );
            }
            const Traces = TraceIds.flatMap((Id) => {
              const segments = segmentsOf(trace.entriesOf(Id), traced);
              const summary = summarize(segments);
              if (!summary) return [];
              return [
                {
                  Id,
                  Duration: summary.duration,
                  LimitExceeded: false,
                  Segments: segments.map((segment) => ({
                    Id: segment.id,
                    Document: JSON.stringify(segment),
                  })),
                },
              ];
            });
            return { Traces, UnprocessedTraceIds: [] };
          },
        ),
      },
    },
  };
}

/** What the stack has traced, by the names of the parts. */
function readTraced(plan: Plan): Traced {
  const functions = new Map(
    plan
      .resources('aws_lambda_function')
      .filter((each) => block(each, 'tracing_config', ['mode']).mode === 'Active')
      .map((each) => [text(each, 'function_name'), text(each, 'arn')]),
  );
  const machines = new Map(
    plan
      .resources('aws_sfn_state_machine')
      .filter((each) => block(each, 'tracing_configuration', ['enabled']).enabled === true)
      .map((each) => [text(each, 'name'), text(each, 'arn')]),
  );
  return {
    functionArn: (name) => functions.get(name),
    stateMachineArn: (name) => machines.get(name),
  };
}

/** The entries of each flow, which come one flow after the other. */
function flows(entries: Iterable<TraceEntry>): TraceEntry[][] {
  const found = new Map<string, TraceEntry[]>();
  for (const entry of entries) {
    const flow = found.get(entry.flowId) ?? [];
    flow.push(entry);
    found.set(entry.flowId, flow);
  }
  return [...found.values()];
}

function describe(summary: Summary): object {
  const serviceIds = summary.services.map(({ name, type }) => ({ Name: name, Names: [name], Type: type }));
  return {
    Id: summary.id,
    StartTime: new AwsTime(summary.startTime * 1_000),
    Duration: summary.duration,
    ResponseTime: summary.responseTime,
    HasFault: summary.hasFault,
    HasError: summary.hasError,
    HasThrottle: summary.hasThrottle,
    IsPartial: summary.isPartial,
    ...(summary.status !== undefined && { Http: { HttpStatus: summary.status } }),
    EntryPoint: serviceIds[0],
    ServiceIds: serviceIds,
  };
}
