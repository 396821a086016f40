import type { HistoryEvent } from '@orders/states-language';
import type { Span, Trace } from '../../trace.ts';

/** A state that was entered and not left. A retried one has no span between its attempts. */
interface OpenState {
  name: string;
  span: Span | undefined;
}

/**
 * Traces the states of an execution, from its history. A state that is retried begins again.
 *
 * @param past the history until now, of an execution that goes on
 */
export function traceStates(trace: Trace, flowId: string, execution: Span, past: readonly HistoryEvent[]) {
  /** By the id of the event that entered it. */
  const open = new Map<number, OpenState>();
  /** The event that entered the state of each event. */
  const enteredBy = new Map<number, number>();

  const begin = (name: string) => trace.begin(flowId, { kind: 'state', name }, execution);

  /** The event that entered the state that an event is about. */
  const enteredIdOf = (event: HistoryEvent): number => {
    const id = isEntered(event) ? event.id : (enteredBy.get(event.previousEventId) ?? event.previousEventId);
    enteredBy.set(event.id, id);
    return id;
  };
  for (const event of past) {
    const id = enteredIdOf(event);
    if (isEntered(event)) open.set(id, { name: nameOf(event), span: undefined });
    if (event.type.endsWith('StateExited')) open.delete(id);
  }

  return {
    follow(event: HistoryEvent): void {
      const id = enteredIdOf(event);
      if (isEntered(event)) {
        open.set(id, { name: nameOf(event), span: begin(nameOf(event)) });
        return;
      }
      const state = open.get(id);
      if (!state) return;
      if (event.type.endsWith('StateExited')) {
        state.span?.end();
        open.delete(id);
      } else if (/^(Task|LambdaFunction).*(Failed|TimedOut)$/.test(event.type)) {
        state.span?.fail(problemOf(event));
        state.span = undefined;
      } else if (/^(Task|LambdaFunction)Scheduled$/.test(event.type)) {
        state.span ??= begin(state.name);
      }
    },
    /** Nothing of the execution runs until then. */
    wait(until: number): void {
      const spans = [...open.values()].flatMap(({ span }) => span ?? []);
      for (const span of spans.length > 0 ? spans : [execution]) span.wait(until);
    },
    /** Ends what an execution leaves open that didn't succeed. */
    fail(problem: string): void {
      for (const { span } of open.values()) span?.fail(problem);
      open.clear();
    },
  };
}

const isEntered = ({ type }: HistoryEvent) => type.endsWith('StateEntered');
const nameOf = ({ stateEnteredEventDetails }: HistoryEvent) => String(stateEnteredEventDetails?.name);

/** What an event of a failure says: the error's name and its cause. */
function problemOf(event: HistoryEvent): string {
  const details = Object.entries(event).find(([name]) => name.endsWith('EventDetails'))?.[1];
  const { error, cause } = Object(details) as { error?: unknown; cause?: unknown };
  return [error ?? event.type, cause].filter((part) => part !== undefined).join(': ');
}
