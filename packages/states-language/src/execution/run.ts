import type { Scope } from '../data-flow/scope.ts';
import type { State } from '../definition/definition.ts';
import type { JsonObject } from '../json.ts';
import { EvaluationError, errorNames, StatesError } from '../states-error.ts';
import { Failure } from './failure.ts';
import { type HistoryEvent, maxEvents } from './history.ts';
import type { Host, Outer } from './host.ts';
import type { Branch, Progress, Visit } from './progress.ts';
import { CancelledError } from './waiting.ts';

/** After so many times of storing, everything else in the process gets a turn. */
const storedPerTurn = 50;

/** A state that is visited. */
export interface StateVisit<S extends State = State> {
  readonly run: Run;
  readonly state: S;
  readonly branch: Branch;
  readonly visit: Visit;
  readonly outer: Outer;
  readonly signal: AbortSignal;
}

/** What a test of a state sets and sees. */
export interface Inspection {
  /** The whole context object, in place of the execution's own. */
  readonly context: JsonObject | undefined;
  readonly inspect: Scope['inspect'];
}

/** One execution in this process: writes its history, and stores its progress. */
export class Run {
  readonly host: Host;
  readonly progress: Progress;
  readonly inspection: Inspection | undefined;
  #stored = 0;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(host: Host, progress: Progress, inspection?: Inspection) {
    this.host = host;
    this.progress = progress;
    this.inspection = inspection;
  }

  /**
   * Adds an event to the history, after the last one of the branch.
   *
   * @param details the event's details, under AWS's name
   * @returns the event's id
   */
  emit(branch: Branch, type: string, details: Record<string, JsonObject> = {}): number {
    const isLast = type.startsWith('Execution');
    if (this.progress.lastEventId >= maxEvents - 1 && !isLast) {
      throw new Failure(
        errorNames.runtime,
        `The execution reached the maximum number of history events (${maxEvents}).`,
      );
    }
    this.progress.lastEventId++;
    const id = this.progress.lastEventId;
    const event = {
      id,
      previousEventId: branch.previousEventId,
      timestamp: this.host.clock.now(),
      type,
      ...details,
    };
    branch.previousEventId = id;
    this.host.onEvent(event as HistoryEvent);
    return id;
  }

  /** Stores the progress. Branches that ask at the same time share one time of storing. */
  save(): Promise<void> {
    this.#next ??= this.#store(this.#last);
    return this.#next;
  }

  async #store(last: Promise<void>): Promise<void> {
    await last;
    // What is changed from here on needs another time.
    this.#last = this.#next ?? last;
    this.#next = undefined;
    await this.host.save(this.progress);
    this.#stored++;
    // A loop of states that wait for nothing would starve the process.
    if (this.#stored % storedPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

const isoTime = (ms: number) => new Date(ms).toISOString();

/** What the expressions of a state may read, and its raw input. */
export function scopeOf({ run, state, branch, visit, outer }: StateVisit): Scope {
  const {
    arn,
    name,
    input,
    roleArn,
    startedAt,
    redriveCount,
    redrivenAt,
    stateMachineArn,
    stateMachineName,
  } = run.progress;
  const canRetry = 'retriers' in state;
  const context: JsonObject = {
    Execution: {
      Id: arn,
      Input: input,
      StartTime: isoTime(startedAt),
      Name: name,
      RoleArn: roleArn,
      RedriveCount: redriveCount,
      ...(redrivenAt !== undefined && { RedriveTime: isoTime(redrivenAt) }),
    },
    StateMachine: { Id: stateMachineArn, Name: stateMachineName },
    State: {
      Name: state.name,
      EnteredTime: isoTime(visit.enteredAt),
      ...(canRetry && { RetryCount: visit.retries.reduce((sum, count) => sum + count, 0) }),
    },
    ...(outer.map && { Map: outer.map }),
  };
  return {
    input: branch.input,
    context: run.inspection?.context ?? context,
    variables: { ...outer.variables, ...branch.variables },
    chance: run.host,
    inspect: run.inspection?.inspect,
  };
}

/**
 * What an error of a state is to `Retry` and `Catch`. An evaluation that failed gets AWS's words around it.
 *
 * @throws {CancelledError} for work that was given up
 */
export function failureOf(error: unknown, visited: StateVisit): Failure {
  if (error instanceof CancelledError) throw error;
  if (error instanceof Failure) return error;
  if (error instanceof StatesError) return new Failure(error.error, error.cause);
  const { run, state, branch, visit } = visited;
  const message = error instanceof Error ? error.message : String(error);
  // A test of a state gets the message alone.
  const where = run.inspection
    ? ''
    : `An error occurred while executing the state '${state.name}' ` +
      `(entered at the event id #${visit.enteredEventId}). `;
  const cause = `${where}${message}`;
  if (!(error instanceof EvaluationError)) return new Failure(errorNames.runtime, cause);
  if (error.error === errorNames.queryEvaluationError) {
    const { location } = error;
    // AWS counts from the event before the state, except in a Wait state.
    if (state.type !== 'Wait') branch.previousEventId = visit.cameFromEventId;
    run.emit(branch, 'EvaluationFailed', {
      evaluationFailedEventDetails: {
        error: error.error,
        cause,
        ...(location !== undefined && { location }),
        state: state.name,
      },
    });
  }
  return new Failure(error.error, cause);
}
