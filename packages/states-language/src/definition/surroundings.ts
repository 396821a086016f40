import type { JsonObject } from '../json.ts';
import type { StateMachine } from './definition.ts';
import type { Fields, QueryLanguage } from './fields.ts';
import type { Problems } from './problems.ts';

/** What is around a state that is read. */
export interface Surroundings {
  readonly language: QueryLanguage;
  readonly place: string;
  readonly problems: Problems;
  /** Reads a machine inside of the state. */
  readonly parseMachine: (machine: JsonObject, fields: Fields, place: string) => StateMachine | undefined;
}
