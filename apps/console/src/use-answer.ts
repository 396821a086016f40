import { useEffect, useState } from 'preact/hooks';
import { messageOf } from './ask.ts';

/** What was asked for: nothing yet, the answer, or why there is none. */
export interface Answer<T> {
  value: T | undefined;
  error: string | undefined;
}

/**
 * Asks when a component is shown, and again when something that the question depends on changes. An answer that comes
 * after that is dropped.
 *
 * @param ask undefined when there is nothing to ask
 */
export function useAnswer<T>(ask: (() => Promise<T>) | undefined, on: readonly unknown[]): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: undefined, error: undefined });
  useEffect(() => {
    let isCurrent = true;
    ask?.().then(
      (value) => isCurrent && setAnswer({ value, error: undefined }),
      (error: unknown) => isCurrent && setAnswer({ value: undefined, error: messageOf(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, on);
  return answer;
}
