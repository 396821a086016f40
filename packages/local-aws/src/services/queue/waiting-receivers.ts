import type { Clock } from '../../clock.ts';

/** Receivers that wait for a message. */
export class WaitingReceivers {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits until somebody is woken, or the time is up. */
  wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(timeoutMs, wake);
      this.#waiting.add(wake);
    });
  }

  /** Lets all of them look again. */
  wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
