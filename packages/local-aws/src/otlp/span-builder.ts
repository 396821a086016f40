import { type HrTime, type SpanContext, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import * as semantic from '@opentelemetry/semantic-conventions/incubating';
import type { Place } from '../plan/resource-types.ts';
import type { SubjectOf } from '../stories.ts';
import type { Activity, TraceEntry } from '../trace.ts';
import { commonAttributes, type Service, semanticsOf } from './semantics.ts';

export interface SpanBuilderOptions {
  /** The name of the stack. */
  stack: string;
  /** Where the stack is said to run. */
  place: () => Place;
  subjectOf: SubjectOf;
}

/** Makes spans of OpenTelemetry from the entries of a trace. */
export interface SpanBuilder {
  /** @returns the span that an entry ends; undefined for any other entry */
  add(entry: TraceEntry): ReadableSpan | undefined;
}

/** A span that has begun. */
interface Begun {
  activity: Activity;
  at: number;
  aboveId: number | undefined;
  above: Activity | undefined;
  service: Service;
  events: TimedEvent[];
}

const scope = { name: '@orders/local-aws' };

/** What does a span without a known span above it. */
const unknownService: Service = { name: 'AWS' };

export function createSpanBuilder({ stack, place, subjectOf }: SpanBuilderOptions): SpanBuilder {
  const open = new Map<number, Begun>();
  /** By their attributes. The exporter sends the spans of one resource together, and the resource once. */
  const resources = new Map<string, Resource>();

  const resourceOf = (service: Service): Resource => {
    const attributes = {
      ...commonAttributes(stack, place()),
      [semantic.ATTR_SERVICE_NAME]: service.name,
      ...service.attributes,
    };
    const key = JSON.stringify(attributes);
    const resource = resources.get(key) ?? resourceFromAttributes(attributes);
    resources.set(key, resource);
    return resource;
  };

  const begin = (entry: TraceEntry & { type: 'begun' }): void => {
    const { spanId, activity, at, parentId, causeId } = entry;
    const aboveId = parentId ?? causeId;
    const above = open.get(aboveId ?? 0);
    const { service = above?.service ?? unknownService } = semanticsOf(activity, {}, around(above?.activity));
    open.set(spanId, { activity, at, aboveId, above: above?.activity, service, events: [] });
  };
  const around = (above: Activity | undefined) => ({ place: place(), subjectOf, above });

  const end = (entry: TraceEntry & { type: 'ended' | 'failed' }): ReadableSpan | undefined => {
    const { spanId, flowId, at, outcome } = entry;
    const begun = open.get(spanId);
    open.delete(spanId);
    if (!begun) return undefined;
    const { activity, aboveId, service, events } = begun;
    const { name, kind, attributes } = semanticsOf(activity, outcome, around(begun.above));
    const error = errorOf(entry);
    return {
      name,
      kind,
      spanContext: () => contextOf(flowId, spanId),
      ...(aboveId !== undefined && { parentSpanContext: contextOf(flowId, aboveId) }),
      startTime: timeOf(begun.at),
      endTime: timeOf(at),
      duration: timeOf(at - begun.at),
      ended: true,
      status: error ? { code: SpanStatusCode.ERROR, message: error.message } : { code: SpanStatusCode.UNSET },
      attributes: { ...attributes, ...(error && { [semantic.ATTR_ERROR_TYPE]: error.type }) },
      events: [...events, ...lastEventsOf(entry)],
      links: [],
      resource: resourceOf(service),
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  };

  return {
    add(entry) {
      if (entry.type === 'begun') begin(entry);
      else if (entry.type === 'waiting') {
        const attributes = { 'local_run.until': new Date(entry.until).toISOString() };
        open.get(entry.spanId)?.events.push({ name: 'waits', time: timeOf(entry.at), attributes });
      } else return end(entry);
      return undefined;
    },
  };
}

/**
 * Where a span is among all others. An X-Ray trace id is a W3C one in another form, `1-<8 digits>-<24 digits>`. The sequence
 * is the span's own in its trace.
 */
const contextOf = (flowId: string, spanId: number): SpanContext => ({
  traceId: flowId.replace(/^1-/, '').replace('-', ''),
  spanId: spanId.toString(16).padStart(16, '0'),
  traceFlags: TraceFlags.SAMPLED,
});

/** Seconds and nanoseconds. */
const timeOf = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1_000_000)];

/** Why a span failed. An answer of a server's own fault is a failure, too. */
function errorOf(entry: TraceEntry & { type: 'ended' | 'failed' }) {
  const { status = 0 } = entry.outcome;
  if (entry.type === 'failed') {
    return { message: entry.error, type: /^[\w.]+(?=: )/.exec(entry.error)?.[0] ?? '_OTHER' };
  }
  return status >= 500 ? { message: `It was answered with ${status}`, type: String(status) } : undefined;
}

/** What is known at the end: the stack of an error, and the rules that nearly matched. */
function lastEventsOf(entry: TraceEntry & { type: 'ended' | 'failed' }): TimedEvent[] {
  const { at, outcome } = entry;
  const time = timeOf(at);
  const exceptions =
    entry.type === 'failed' && outcome.stack
      ? [
          {
            name: 'exception',
            time,
            attributes: {
              [semantic.ATTR_EXCEPTION_MESSAGE]: entry.error,
              [semantic.ATTR_EXCEPTION_STACKTRACE]: outcome.stack.join('\n'),
            },
          },
        ]
      : [];
  const nearMisses = (outcome.nearMisses ?? []).map(({ rule, sentence }) => ({
    name: 'near miss',
    time,
    attributes: { 'local_run.rule': rule, 'local_run.sentence': sentence },
  }));
  return [...exceptions, ...nearMisses];
}
