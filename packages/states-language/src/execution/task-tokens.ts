import type { JsonValue } from '../json.ts';
import type { TaskAnswer } from './progress.ts';

/** Why a call with a task token isn't taken. The code is AWS's. */
export class TaskTokenError extends Error {
  override readonly name = 'TaskTokenError';
  readonly code: 'InvalidToken' | 'InvalidOutput' | 'TaskTimedOut';

  constructor(code: TaskTokenError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** A task that waits for an answer by its token. */
export interface WaitingTask {
  /** Takes the answer, and resolves when it is stored. */
  answer(answer: TaskAnswer): Promise<void>;
  heartbeat(): Promise<void>;
}

/** The largest output that a task sends, in bytes. */
const maxOutputBytes = 262_144;

/** The tasks of all executions that wait for `SendTaskSuccess`, `SendTaskFailure` and `SendTaskHeartbeat`. */
export class TaskTokens {
  readonly #waiting = new Map<string, WaitingTask>();

  /** Makes a token. Its form tells a token that was answered from a text that never was one. */
  create(executionArn: string, id: string): string {
    return Buffer.from(JSON.stringify(['task', executionArn, id])).toString('base64');
  }

  /**
   * Waits for the answer to a token.
   *
   * @returns stops waiting
   */
  open(token: string, task: WaitingTask): () => void {
    this.#waiting.set(token, task);
    return () => this.#waiting.delete(token);
  }

  /**
   * @param output JSON
   * @throws {TaskTokenError}
   */
  async sendTaskSuccess(token: string, output: string): Promise<void> {
    const task = this.#find(token);
    if (Buffer.byteLength(output) > maxOutputBytes) {
      throw new TaskTokenError(
        'InvalidOutput',
        `Invalid Output: an output has up to ${maxOutputBytes} bytes, received ${Buffer.byteLength(output)}`,
      );
    }
    let value: JsonValue;
    try {
      value = JSON.parse(output) as JsonValue;
    } catch {
      throw new TaskTokenError(
        'InvalidOutput',
        `Invalid Output: it has to be JSON, received ${output.slice(0, 60)}`,
      );
    }
    this.#waiting.delete(token);
    await task.answer({ output: value });
  }

  /** @throws {TaskTokenError} */
  async sendTaskFailure(token: string, error?: string, cause?: string): Promise<void> {
    const task = this.#find(token);
    this.#waiting.delete(token);
    await task.answer({
      failed: true,
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    });
  }

  /** The ARN of the execution that a token was made for; undefined for a text that never was a token. */
  executionOf(token: string): string | undefined {
    try {
      const parsed: unknown = JSON.parse(Buffer.from(token, 'base64').toString());
      return Array.isArray(parsed) && parsed[0] === 'task' ? String(parsed[1]) : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws {TaskTokenError} */
  async sendTaskHeartbeat(token: string): Promise<void> {
    await this.#find(token).heartbeat();
  }

  #find(token: string): WaitingTask {
    const task = this.#waiting.get(token);
    if (task) return task;
    if (this.executionOf(token) !== undefined)
      throw new TaskTokenError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    throw new TaskTokenError('InvalidToken', "Invalid Token: 'Invalid token'");
  }
}
