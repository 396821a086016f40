/** What people should know beside the trace: what was swapped in, or why nothing was. */
export interface Notice {
  kind: 'changed' | 'problem';
  /** A line, without a full stop. */
  text: string;
}

/** Tells notices to everybody who listens. */
export interface Notices {
  tell(notice: Notice): void;
  /** The last notice, if it is a problem that stays. */
  readonly problem: Notice | undefined;
  /** @returns ends the subscription */
  subscribe(listener: (notice: Notice) => void): () => void;
}

export function createNotices(): Notices {
  const listeners = new Set<(notice: Notice) => void>();
  let last: Notice | undefined;
  return {
    tell(notice) {
      last = notice;
      for (const listener of listeners) listener(notice);
    },
    get problem() {
      return last?.kind === 'problem' ? last : undefined;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
