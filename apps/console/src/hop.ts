import type { Alarm, Grant, MapNode, SystemMap } from '@orders/local-aws';
import { partsOf, type Span } from './span.ts';

/** The alarms that look at where a failed step failed: at the queue that has it now, or else at its own parts. */
export function alarmsOf(span: Span, { nodes }: Pick<SystemMap, 'nodes'>): Alarm[] {
  const failed = span.status === 'failed' || (span.outcome.status ?? 0) >= 500;
  if (!failed) return [];
  const { queue } = span.outcome;
  const at = (parts: readonly string[]) =>
    nodes.flatMap(({ id, alarms = [] }) => (parts.includes(id) ? alarms : []));
  if (queue !== undefined) {
    return at([`queue ${queue}`]).filter(({ metric }) => metric !== 'ApproximateAgeOfOldestMessage');
  }
  if (span.activity.kind === 'request') {
    return nodes
      .filter(({ kind }) => kind === 'HTTP API')
      .flatMap(({ alarms = [] }) => alarms.filter(({ metric }) => metric.toLowerCase().includes('5xx')));
  }
  return at(partsOf(span)).filter(({ metric }) => /error|failed|retry/i.test(metric));
}

/** Who made a call in the stack, and what allows it. */
export function callOf(
  { activity }: Span,
  { nodes, edges }: SystemMap,
): { by: string; grants: readonly Grant[] } | undefined {
  const between = (from: MapNode | undefined, to: string, action?: string) => {
    const edge = edges.find((known) => known.from === from?.id && known.to === to && known.kind === 'call');
    const grants = (edge?.allowedBy ?? []).filter((grant) => action === undefined || grant.action === action);
    return from && grants.length > 0 ? { by: from.id, grants } : undefined;
  };
  const inRole = (roleArn: string | undefined) =>
    roleArn === undefined ? undefined : nodes.find((node) => node.roleArn === roleArn);
  switch (activity.kind) {
    case 'event':
      return between(inRole(activity.roleArn), `bus ${activity.bus}`);
    case 'write':
      return between(
        inRole(activity.roleArn),
        `table ${activity.table.split(', ')[0]}`,
        `dynamodb:${activity.operation}`,
      );
    case 'invocation': {
      const to = `function ${activity.function}`;
      const api = nodes.find(
        ({ id, kind }) => kind === 'HTTP API' && edges.some((edge) => edge.from === id && edge.to === to),
      );
      return between(api, to);
    }
    default:
      return undefined;
  }
}

/** The invocation that a span is, or that it is an attempt of. */
export const invocationOf = (span: Span, spanOf: (id: number) => Span | undefined) => {
  const whole = span.activity.kind === 'attempt' ? spanOf(span.parentId ?? 0) : span;
  return whole?.activity.kind === 'invocation' ? whole.activity : undefined;
};
