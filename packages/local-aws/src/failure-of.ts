import { FunctionError } from './services/function/function-error.ts';
import type { Outcome } from './trace.ts';

/** What the trace keeps of an error: a sentence, and the stack of a function's own error. */
export function failureOf(thrown: unknown): { error: string; outcome: Outcome } {
  if (thrown instanceof FunctionError) {
    const { lines = [] } = thrown.readable ?? {};
    return { error: String(thrown), outcome: lines.length > 0 ? { stack: lines } : {} };
  }
  return { error: thrown instanceof Error ? thrown.message : String(thrown), outcome: {} };
}
