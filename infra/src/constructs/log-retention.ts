/** How long every log group keeps its lines, in days. */
export const logRetentionDays = 14;
