/** How often a search for counterexamples runs. `PATTERN_RUNS=10`: ten times as often. */
export const runs = (count: number) => count * (Number(process.env.PATTERN_RUNS) || 1);
