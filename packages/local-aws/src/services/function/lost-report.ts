import { reportLines } from './runtime/platform-log.mjs';
import type { Failure } from './runtime/protocol.ts';

/** An invocation whose process is gone. */
interface LostInvocation {
  requestId: string;
  failure: Failure;
  /** How long it ran, and how long it might have. */
  ranMs: number;
  timeoutMs: number;
  memoryMb: number;
}

/**
 * The lines that the process of an invocation couldn't write any more.
 *
 * @param at milliseconds since 1970
 */
export function lostReport(
  isJson: boolean,
  { requestId, failure, ranMs, timeoutMs, memoryMb }: LostInvocation,
  at: number,
): string[] {
  const { errorType, errorMessage } = failure;
  const isTimeout = errorType === 'Sandbox.Timedout';
  const error = isTimeout
    ? `${new Date(at).toISOString()} ${requestId} ${errorMessage}`
    : `RequestId: ${requestId} Error: ${errorMessage}\n${errorType}`;
  const report = {
    requestId,
    // The clock may have been moved.
    durationMs: isTimeout ? timeoutMs : ranMs,
    initMs: undefined,
    memoryMb: String(memoryMb),
    usedMb: undefined,
    status: isTimeout ? ('timeout' as const) : ('error' as const),
    errorType,
    hasCrashed: true,
  };
  return [...(isJson ? [] : [error]), ...reportLines(isJson, report, at)];
}
