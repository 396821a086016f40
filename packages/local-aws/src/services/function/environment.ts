import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { type FindSourceLine, readableStack } from '@orders/stack-trace';
import type { Clock } from '../../clock.ts';
import { serviceLimits } from '../../service-limits.ts';
import { FunctionError } from './function-error.ts';
import { type InspectorLine, readInspectorLine } from './inspectors.ts';
import { lostReport } from './lost-report.ts';
import type { ProcessGuard } from './process-guard.ts';
import { readLines } from './read-lines.ts';
import { channelFd, openChannel } from './runtime/channel.mjs';
import { initReportLine } from './runtime/platform-log.mjs';
import {
  type Ending,
  type Failure,
  type Invoke,
  isMessage,
  type Outcome,
  type Ready,
} from './runtime/protocol.ts';
import { type RuntimeOptions, spawnRuntime } from './spawn-runtime.ts';

export interface EnvironmentOptions extends RuntimeOptions {
  /**
   * How long the handler may take to load. One that takes longer is loaded again, from its beginning, in the time of the
   * invocation, as on AWS.
   */
  loadTimeoutMs: number;
  /** Whether this machine has more to do than it can. Then loading may take three times as long: it isn't the function's fault. */
  isMachineBusy: () => boolean;
  clock: Clock;
  guard: ProcessGuard;
  findSourceLine: FindSourceLine;
  /** Left out for a process that no debugger finds. */
  inspector?: RuntimeOptions['inspector'] & {
    /** Gets where a debugger finds the process, or why it can't. */
    onSaid: (said: InspectorLine) => void;
  };
  onLine: (line: string) => void;
  /**
   * Gets what an invocation left behind its answer, for people: `a timer`.
   *
   * @param isFrozen whether the process stands still until its next invocation, as on AWS
   */
  onLeft: (left: readonly string[], invoke: Pick<Invoke, 'traceHeader'>, isFrozen: boolean) => void;
}

/** Windows can't stop a process and let it go on. */
const canFreeze = process.platform !== 'win32';

/** How long the last lines of a process are waited for, after its end. */
const lastLinesMs = 500;

/** One execution environment of a function: a process of its own, for one invocation at a time. */
export class Environment {
  readonly #options: EnvironmentOptions;
  #process: ChildProcess;
  #send!: ReturnType<typeof openChannel>;
  #settle: ((outcome: Outcome) => void) | undefined;
  /** Why it takes no more invocations. */
  #ended: Failure | undefined;
  /** Resolves when it takes an invocation, or has ended. */
  #free = Promise.withResolvers<void>();
  #isLoaded = false;
  /** The last invocation. */
  #last: Pick<Invoke, 'traceHeader'> | undefined;
  #isFrozen = false;
  #hasLoaded = false;
  #isKilled = false;
  /** By the clock of this process: it runs now. */
  #startedAt = 0;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#process = this.#start();
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Waits until it takes another invocation, or has ended: its process may still be busy after an answer. */
  free(): Promise<void> {
    return this.#free.promise;
  }

  /**
   * Runs the handler once.
   *
   * @param timeoutMs the handler's time; the process is killed when it is up
   * @throws {FunctionError}
   */
  async invoke(invoke: Omit<Invoke, 'deadlineMs' | 'maxAnswerBytes'>, timeoutMs: number): Promise<unknown> {
    await this.#load();
    const outcome = await this.#run(invoke, timeoutMs);
    if (outcome.type === 'result') return outcome.result;
    const { errorType, errorMessage, trace } = outcome;
    const readable = trace && readableStack(trace, this.#options.findSourceLine);
    throw new FunctionError(errorType, errorMessage, trace, readable);
  }

  /** Ends the process; what it was doing fails. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    const { exitCode, signalCode, pid } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = new Promise<unknown>((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
  }

  /** Kills the process, as a fault. Gives the error that its invocation gets. */
  crash(): FunctionError {
    const [errorType, message] = ['Runtime.ExitError', 'Runtime exited with error: signal SIGKILL'];
    this.#end(errorType, message);
    void this.kill();
    return new FunctionError(errorType, message);
  }

  #start(): ChildProcess {
    [this.#isKilled, this.#startedAt] = [false, performance.now()];
    const { guard, onLine, inspector } = this.#options;
    const started = guard.start(() => spawnRuntime(this.#options));
    // The carriage returns inside of a line are the line breaks of its message.
    const onWhole = (line: string) => {
      const said = inspector && readInspectorLine(line);
      if (said) inspector.onSaid(said);
      else onLine(line.replaceAll('\r', '\n'));
    };
    for (const stream of [started.stdout, started.stderr]) if (stream) readLines(stream, onWhole);
    /** Does something unless another process has taken the place of this one. */
    const still =
      <Given extends unknown[]>(act: (...given: Given) => void) =>
      (...given: Given) => {
        if (started === this.#process) act(...given);
      };
    this.#send = openChannel(
      started.stdio[channelFd] as Duplex,
      still((message: unknown) => {
        // The code of the function can send, too, whatever it likes.
        if (isMessage(message)) this.#hear(message);
      }),
    );
    started.on(
      'error',
      still((error) => this.#exit(error.message)),
    );
    started.on(
      'exit',
      still((code, signal) => this.#exit(signal ? `signal ${signal}` : `exit status ${code}`)),
    );
    started.on('exit', () => {
      // A process that the function has started may hold them open, and this one with them.
      setTimeout(() => {
        for (const stream of started.stdio) stream?.destroy();
      }, lastLinesMs).unref();
    });
    return started;
  }

  /** Waits until the handler is loaded, or has failed to; begins again when that takes too long. */
  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    const { clock, loadTimeoutMs, isMachineBusy } = this.#options;
    const late = Promise.withResolvers<void>();
    let cancel = () => {};
    const limit = (extensions: number) => {
      cancel = clock.after(loadTimeoutMs, () => {
        if (extensions > 0 && isMachineBusy()) return limit(extensions - 1);
        this.#isLoaded = true;
        this.#reportInit(loadTimeoutMs, 'timeout');
        void this.kill();
        this.#process = this.#start();
        late.resolve();
      });
    };
    limit(2);
    await Promise.race([this.#free.promise, late.promise]);
    cancel();
    this.#isLoaded = true;
  }

  async #run(invoke: Omit<Invoke, 'deadlineMs' | 'maxAnswerBytes'>, timeoutMs: number): Promise<Outcome> {
    if (this.#ended) return this.#ended;
    const { clock } = this.#options;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#settle = resolve;
    const begunAt = Date.now();
    const deadlineMs = begunAt + timeoutMs;
    const cancel = clock.after(timeoutMs, () => {
      this.#end('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
      void this.kill();
    });
    try {
      await this.#free.promise;
      if (this.alive) {
        this.#free = Promise.withResolvers();
        this.#last = invoke;
        this.#thaw();
        const { answerBytes: maxAnswerBytes } = serviceLimits;
        this.#send({ ...invoke, deadlineMs, maxAnswerBytes } satisfies Invoke);
      }
      const outcome = await promise;
      // Another outcome is in the log: the process wrote it.
      if (outcome === this.#ended) {
        const { requestId } = invoke;
        const { memoryMb } = this.#options;
        const lost = { requestId, failure: outcome, ranMs: Date.now() - begunAt, timeoutMs, memoryMb };
        this.#report((isJson, at) => lostReport(isJson, lost, at));
      }
      return outcome;
    } finally {
      cancel();
      this.#settle = undefined;
      this.#limitRest(timeoutMs);
    }
  }

  /** Writes what the process can't write any more. */
  #report(lines: (isJson: boolean, at: number) => readonly string[]): void {
    const { variables, clock, onLine } = this.#options;
    for (const line of lines(variables.AWS_LAMBDA_LOG_FORMAT === 'JSON', clock.now())) onLine(line);
  }

  #reportInit(durationMs: number, status: 'error' | 'timeout', errorType?: string): void {
    this.#report((isJson, at) => [initReportLine(isJson, { durationMs, status, errorType }, at)]);
  }

  /** What keeps the process busy after its answer is still in the time of the invocation: real time, for it runs now. */
  #limitRest(timeoutMs: number): void {
    const timer = setTimeout(() => void this.kill(), timeoutMs);
    void this.#free.promise.then(() => clearTimeout(timer));
  }

  #hear(message: Outcome | Ready | Ending): void {
    if (message.type === 'ready') this.#getReady(message);
    else if (message.type === 'ending') this.#exit(`exit status ${message.status}`);
    else if (this.#settle && this.#isLoaded) this.#settle(message);
    // An outcome that nobody waits for is that of loading the handler: it never comes to an invocation.
    else if (message.type === 'error') this.#endWith(message);
  }

  /** An environment stands still from its answer to its next invocation. Here, it does if that makes a difference. */
  #getReady({ left = [] }: Ready): void {
    if (left.length > 0 && this.#last) {
      // A debugger gets no answer from a process that stands still.
      const isDebugged = this.#options.inspector !== undefined;
      this.#isFrozen = canFreeze && !isDebugged && this.#process.kill('SIGSTOP');
      this.#options.onLeft(left, this.#last, this.#isFrozen);
    }
    this.#hasLoaded = true;
    this.#free.resolve();
  }

  #thaw(): void {
    if (this.#isFrozen) this.#process.kill('SIGCONT');
    this.#isFrozen = false;
  }

  #exit(how: string): void {
    if (!this.#ended && !this.#hasLoaded && !this.#isKilled)
      this.#reportInit(performance.now() - this.#startedAt, 'error', 'Runtime.ExitError');
    this.#end('Runtime.ExitError', `Runtime exited with error: ${how}`);
  }

  #end(errorType: string, errorMessage: string): void {
    this.#endWith({ type: 'error', errorType, errorMessage });
  }

  #endWith(failure: Failure): void {
    this.#ended ??= failure;
    this.#settle?.(this.#ended);
    this.#free.resolve();
  }
}
