import type { Scope } from '../data-flow/scope.ts';
import type { TaskState } from '../definition/definition.ts';
import type { JsonValue } from '../json.ts';
import { errorNames } from '../states-error.ts';
import { Failure } from './failure.ts';
import { checkSize } from './limits.ts';
import type { TaskProgress } from './progress.ts';
import { failureOf, type StateVisit, scopeOf } from './run.ts';
import type { Transition } from './run-simple.ts';
import { type TaskEvents, taskEvents, taskName } from './task-events.ts';
import { at, CancelledError, waitFor } from './waiting.ts';

/** Calls what a Task state calls. A call that was under way when the execution was resumed is made again. */
export async function runTask(visited: StateVisit<TaskState>): Promise<Transition> {
  const { run, state, branch, visit } = visited;
  const events = taskEvents(state.resource, run.host.region);
  const base = scopeOf(visited);
  visit.task ??= await schedule(visited, base, events);
  const { task } = visit;
  const scope = withToken(base, task.token);
  let result: JsonValue;
  try {
    result = await answerOf(visited, task, events);
    checkSize(result, taskName(state.resource));
  } catch (error) {
    const failure = failureOf(error, visited);
    const event =
      failure.error === errorNames.timeout
        ? events.timedOut(errorNames.timeout)
        : events.failed(failure.error, failure.cause);
    run.emit(branch, ...event);
    throw failure;
  }
  run.emit(branch, ...events.succeeded(result));
  return { next: state.next, ...(await state.flow.outcome(scope, result)) };
}

const withToken = (scope: Scope, token: string | undefined): Scope =>
  token === undefined ? scope : { ...scope, context: { ...scope.context, Task: { Token: token } } };

/** Evaluates what is called, with its limits, and says so in the history. */
async function schedule(
  { run, state, branch, visit }: StateVisit<TaskState>,
  base: Scope,
  events: TaskEvents,
): Promise<TaskProgress> {
  const { resource, flow } = state;
  const hasToken = resource.kind !== 'function' && resource.pattern !== 'requestResponse';
  const token = hasToken ? run.host.tokens.create(run.progress.arn, run.host.uuid()) : undefined;
  const scope = withToken(base, token);
  const effective: Scope = { ...scope, input: await flow.input(scope) };
  const timeoutSeconds = await state.timeoutSeconds?.(effective);
  const heartbeatSeconds = await state.heartbeatSeconds?.(effective);
  const task: TaskProgress = {
    parameters: await flow.arguments(effective),
    startedAt: run.host.clock.now(),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
    ...(token !== undefined && { token }),
  };
  visit.task = task;
  run.emit(branch, ...events.scheduled(task));
  run.emit(branch, ...events.started());
  await run.save();
  return task;
}

/** Makes the call, and waits for its answer and for that of its token. */
async function answerOf(
  visited: StateVisit<TaskState>,
  task: TaskProgress,
  events: TaskEvents,
): Promise<JsonValue> {
  const { run, state, branch, signal } = visited;
  const { clock, tokens, callTask } = run.host;
  const { token, startedAt, timeoutSeconds } = task;
  const waitsForToken = state.resource.kind !== 'function' && state.resource.pattern === 'waitForTaskToken';
  const call = new AbortController();
  let answered = () => {};
  let beat = () => {};
  // The token may be answered before the call is.
  const close =
    token === undefined
      ? () => {}
      : tokens.open(token, {
          async answer(answer) {
            task.answer = answer;
            await run.save();
            answered();
          },
          async heartbeat() {
            task.lastHeartbeatAt = clock.now();
            beat();
            await run.save();
          },
        });
  const tokenAnswer = async (): Promise<JsonValue> => {
    if (task.answer === undefined) {
      await waitFor<void>(call.signal, (resolve) => {
        answered = resolve;
        return () => {};
      });
    }
    const { answer } = task;
    if (answer === undefined) throw new CancelledError();
    if ('output' in answer) return answer.output;
    throw new Failure(answer.error, answer.cause);
  };
  const noteSubmitted = async (response: JsonValue) => {
    if (call.signal.aborted) return;
    run.emit(branch, ...events.submitted(response));
    await run.save();
  };
  const work = async (): Promise<JsonValue> => {
    if (!task.submitted) {
      const { progress: execution } = run;
      const response = await callTask({
        resource: state.resource,
        parameters: task.parameters,
        stateName: state.name,
        execution,
        token,
        submitted: noteSubmitted,
        signal: call.signal,
      });
      if (!waitsForToken || call.signal.aborted) return response;
      task.submitted = true;
      await noteSubmitted(response);
    }
    return tokenAnswer();
  };
  try {
    return await waitFor<JsonValue>(signal, (resolve, reject) => {
      work().then(resolve, reject);
      // The token of a `.sync` call may end it, too.
      if (token !== undefined && !waitsForToken) tokenAnswer().then(resolve, reject);
      const timedOut = (isHeartbeat: boolean) => () =>
        reject(new Failure(errorNames.timeout, undefined, isHeartbeat));
      const stopTimer =
        timeoutSeconds === undefined
          ? () => {}
          : at(clock, startedAt + timeoutSeconds * 1_000, timedOut(false));
      let stopHeartbeat = () => {};
      beat = () => {
        stopHeartbeat();
        const { heartbeatSeconds, lastHeartbeatAt = startedAt } = task;
        if (!waitsForToken || heartbeatSeconds === undefined) return;
        stopHeartbeat = at(clock, lastHeartbeatAt + heartbeatSeconds * 1_000, timedOut(true));
      };
      beat();
      return () => {
        stopTimer();
        stopHeartbeat();
      };
    });
  } finally {
    close();
    call.abort();
  }
}
