import type { Activity, Outcome, TraceEntry } from '../../trace-entry.ts';

/** A segment of a trace, as X-Ray documents it. Times are seconds since 1970. */
export interface Segment {
  id: string;
  trace_id: string;
  name: string;
  origin: string;
  start_time: number;
  /** Left out while it is in progress. */
  end_time?: number;
  in_progress?: true;
  /** It failed by itself. */
  fault?: true;
  /** It was refused. */
  error?: true;
  /** It was refused for there being too much. */
  throttle?: true;
  cause?: { exceptions: { id: string; type: string; message: string }[] };
  http?: { response: { status: number } };
  aws?: Record<string, unknown>;
  subsegments?: Subsegment[];
}

/** A part of a segment. */
export type Subsegment = Omit<Segment, 'trace_id' | 'origin' | 'subsegments'> & {
  subsegments?: Subsegment[];
};

/** What the stack has traced. */
export interface Traced {
  functionArn(name: string): string | undefined;
  stateMachineArn(name: string): string | undefined;
}

/** A span of a flow, with its end, if it has come. */
interface Span {
  id: number;
  activity: Activity;
  at: number;
  parentId: number | undefined;
  end?: { at: number; outcome: Outcome; error?: string };
}

/**
 * The segments of a flow: one for each invocation of a function, and each execution of a state machine, that the stack has
 * traced. The attempts of an asynchronous invocation, and the states of an execution, are parts of it.
 */
export function segmentsOf(entries: readonly TraceEntry[], traced: Traced): Segment[] {
  const spans = [...readSpans(entries).values()];
  const partsOf = Map.groupBy(spans, ({ parentId }) => parentId);
  return spans.flatMap((span) => {
    const about = describe(span, traced);
    if (!about) return [];
    const { http, ...more } = about;
    const parts = (partsOf.get(span.id) ?? []).flatMap(subsegmentOf);
    return [
      {
        ...common(span),
        trace_id: entries[0]?.flowId ?? '',
        ...more,
        ...(http && { http }),
        ...(parts.length > 0 && { subsegments: parts }),
      },
    ];
  });
}

function readSpans(entries: readonly TraceEntry[]): ReadonlyMap<number, Span> {
  const spans = new Map<number, Span>();
  for (const entry of entries) {
    const { spanId: id, at } = entry;
    if (entry.type === 'begun') spans.set(id, { id, activity: entry.activity, at, parentId: entry.parentId });
    const span = spans.get(id);
    if (!span || entry.type === 'begun' || entry.type === 'waiting') continue;
    span.end = { at, outcome: entry.outcome, ...(entry.type === 'failed' && { error: entry.error }) };
  }
  return spans;
}

function describe(
  { activity, end }: Span,
  { functionArn, stateMachineArn }: Traced,
): Pick<Segment, 'name' | 'origin' | 'aws' | 'http'> | undefined {
  if (activity.kind === 'invocation') {
    const arn = functionArn(activity.function);
    if (arn === undefined) return undefined;
    const { requestId } = activity;
    return {
      name: activity.function,
      origin: 'AWS::Lambda',
      aws: { function_arn: arn, ...(requestId !== undefined && { request_id: requestId }) },
      ...(end && { http: { response: { status: isThrottle(end.error) ? 429 : 200 } } }),
    };
  }
  if (activity.kind !== 'execution') return undefined;
  const arn = stateMachineArn(activity.stateMachine);
  if (arn === undefined) return undefined;
  const { executionArn } = activity;
  return {
    name: activity.stateMachine,
    origin: 'AWS::StepFunctions::StateMachine',
    aws: { state_machine_arn: arn, ...(executionArn !== undefined && { execution_arn: executionArn }) },
  };
}

function subsegmentOf(span: Span): Subsegment[] {
  const { activity } = span;
  if (activity.kind === 'attempt') return [{ ...common(span), name: `Attempt #${activity.number}` }];
  return activity.kind === 'state' ? [{ ...common(span), name: activity.name }] : [];
}

/** What every segment has, and every part of one. */
function common({ id, at, end }: Span): Omit<Subsegment, 'name'> {
  const hex = id.toString(16).padStart(16, '0');
  const start = { id: hex, start_time: at / 1_000 };
  if (!end) return { ...start, in_progress: true };
  const ended = { ...start, end_time: end.at / 1_000 };
  if (end.error === undefined) return ended;
  const [, type = 'Error', message = end.error] = /^([\w.]+): (.*)$/s.exec(end.error) ?? [];
  return {
    ...ended,
    ...(isThrottle(end.error) ? { error: true, throttle: true } : { fault: true }),
    cause: { exceptions: [{ id: hex, type, message }] },
  };
}

const isThrottle = (error: string | undefined) => error?.startsWith('TooManyRequestsException') ?? false;
