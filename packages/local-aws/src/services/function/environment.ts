import { type ChildProcess, fork } from 'node:child_process';
import type { Clock } from '../../clock.ts';
import { type Invoke, isMessage, type Outcome } from './protocol.ts';
import { readLines } from './read-lines.ts';

/** A handler that threw, or whose process ended or ran out of time. Its name is the error's class. */
export class FunctionError extends Error {
  /** The lines of the handler's stack, when it has thrown an error. */
  readonly trace: readonly string[] | undefined;

  /** @param errorType the error's class as Lambda reports it: `InvalidEventError`, `Runtime.ExitError`, … */
  constructor(errorType: string, message: string, trace?: readonly string[]) {
    super(message);
    this.name = errorType;
    this.trace = trace;
  }
}

export interface EnvironmentOptions {
  memoryMb: number;
  /** All of the process's environment variables. */
  variables: Record<string, string>;
  /** The folder with the function's code. */
  dir: string;
  /** How long the handler may take to load. Lambda gives it ten seconds, whatever the function's timeout. */
  loadTimeoutMs: number;
  clock: Clock;
  onLine: (line: string) => void;
}

/** How long the last lines of a process are waited for, after its end. */
const lastLinesMs = 500;

/** One execution environment of a function: a process of its own, for one invocation at a time. */
export class Environment {
  readonly #process: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #setReady: () => void;
  #settle: ((outcome: Outcome) => void) | undefined;
  readonly #loadTimeoutMs: number;
  readonly #clock: Clock;
  /** Why it takes no more invocations. */
  #ended: Outcome | undefined;

  constructor({ memoryMb, variables, dir, loadTimeoutMs, clock, onLine }: EnvironmentOptions) {
    this.#loadTimeoutMs = loadTimeoutMs;
    this.#clock = clock;
    this.#process = fork(new URL('./bootstrap.mjs', import.meta.url), {
      cwd: dir,
      env: variables,
      execArgv: [`--max-old-space-size=${memoryMb}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) readLines(stream, onLine);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ready = promise;
    this.#setReady = resolve;
    this.#process.on('message', (message: unknown) => {
      // The code of the function can send, too, whatever it likes.
      if (!isMessage(message)) return;
      if (message.type !== 'ready') this.#finish(message);
      resolve();
    });
    this.#process.on('error', (error) => this.#end('Runtime.ExitError', error.message));
    this.#process.on('exit', (code, signal) => {
      this.#end(
        'Runtime.ExitError',
        `Runtime exited with error: ${signal ? `signal ${signal}` : `exit status ${code}`}`,
      );
      // A process that the function has started may hold them open, and this one with them.
      setTimeout(() => {
        this.#process.stdout?.destroy();
        this.#process.stderr?.destroy();
      }, lastLinesMs).unref();
    });
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /**
   * Runs the handler once.
   *
   * @param timeoutMs the handler's time; the process is killed when it is up
   * @throws {FunctionError}
   */
  async invoke(invoke: Omit<Invoke, 'deadlineMs'>, timeoutMs: number): Promise<unknown> {
    const outcome = (await this.#loaded()) ?? (await this.#run(invoke, timeoutMs));
    if (outcome.type === 'result') return outcome.result;
    throw new FunctionError(outcome.errorType, outcome.errorMessage, outcome.trace);
  }

  /** Ends the process; what it was doing fails. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Kills the process, as a fault. Gives the error that its invocation gets. */
  crash(): FunctionError {
    const [errorType, message] = ['Runtime.ExitError', 'Runtime exited with error: signal SIGKILL'];
    this.#end(errorType, message);
    this.kill();
    return new FunctionError(errorType, message);
  }

  /** Waits until the handler is loaded. */
  async #loaded(): Promise<Outcome | undefined> {
    const cancel = this.#clock.after(this.#loadTimeoutMs, () => {
      this.#end('Sandbox.Timedout', `The handler did not load within ${this.#loadTimeoutMs / 1000} seconds`);
      this.kill();
    });
    try {
      await this.#ready;
    } finally {
      cancel();
    }
    return this.#ended;
  }

  async #run(invoke: Omit<Invoke, 'deadlineMs'>, timeoutMs: number): Promise<Outcome> {
    if (this.#ended) return this.#ended;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#settle = resolve;
    const cancel = this.#clock.after(timeoutMs, () => {
      this.#end('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
      this.kill();
    });
    try {
      this.#process.send({ ...invoke, deadlineMs: Date.now() + timeoutMs } satisfies Invoke);
      return await promise;
    } finally {
      cancel();
      this.#settle = undefined;
    }
  }

  #finish(outcome: Outcome): void {
    if (this.#settle) this.#settle(outcome);
    // An outcome that nobody waits for is that of loading the handler: it never comes to an invocation.
    else {
      this.#ended = outcome;
      this.kill();
    }
  }

  #end(errorType: string, errorMessage: string): void {
    const outcome: Outcome = { type: 'error', errorType, errorMessage };
    this.#ended ??= outcome;
    this.#settle?.(outcome);
    this.#setReady();
  }
}
