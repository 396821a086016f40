/** What a test or a hook runs. */
export type Body = (...args: readonly unknown[]) => unknown;

/** Those of the process, also while a test has others. */
const { setTimeout, clearTimeout } = globalThis;

/**
 * The same body, which fails when it takes too long. It doesn't end by that.
 *
 * @param limitMs gives the limit when the body begins
 */
export const withLimit =
  (body: Body, limitMs: () => number): Body =>
  async (...args) => {
    const ms = limitMs();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`It takes longer than ${ms} ms`)), ms);
    });
    try {
      return await Promise.race([body(...args), late]);
    } finally {
      clearTimeout(timer);
    }
  };
