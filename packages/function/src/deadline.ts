/** The time that is left of an invocation after its deadline, for the answer and the log. */
const reserveMs = 1_000;

/** The work of an invocation was stopped, so that the function can still answer and log. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor(timeoutMs: number) {
    super(
      `The work was stopped after ${timeoutMs} ms, ${reserveMs} ms before Lambda ends the invocation. ` +
        'A service that it waited for did not answer in time',
    );
  }
}

/**
 * Runs the work of an invocation under one deadline, whatever it waits for and however often it tries.
 *
 * @param remainingMs the time that the invocation has left
 * @param run does the work. It must pass the signal to everything that it waits for: the signal aborts 1 s before the
 *   invocation ends, with a {@link DeadlineError} as its reason.
 */
export async function withDeadline<Result>(
  remainingMs: number,
  run: (abortSignal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const timeoutMs = Math.max(0, remainingMs - reserveMs);
  const timer = setTimeout(() => controller.abort(new DeadlineError(timeoutMs)), timeoutMs);
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
