export { checkPattern } from './check-pattern.ts';
export { type EventSchema, eventSchemaOf } from './event-schema.ts';
export { type LostMatch, lostMatches } from './lost-matches.ts';
