export { checkPattern } from './check-pattern.ts';
export { type EventSchema, eventSchemaOf } from './event-schema.ts';
