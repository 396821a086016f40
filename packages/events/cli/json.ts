import type { JsonObject } from '@orders/event-pattern';

export type { JsonObject };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
