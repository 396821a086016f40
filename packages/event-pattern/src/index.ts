export {
  type BranchExplanation,
  type ConditionExplanation,
  type Explanation,
  explain,
  type FieldExplanation,
  type FieldOutcome,
  type OrExplanation,
} from './explain.ts';
export { explainInWords } from './explain-in-words.ts';
export { InvalidEventPatternError } from './invalid-event-pattern-error.ts';
export type { JsonObject, JsonScalar, JsonValue } from './json.ts';
export { limits } from './limits.ts';
export { type ExplainedRule, listFields, tellRule } from './list-fields.ts';
export { compilePattern } from './match.ts';
export { type ParseOptions, parsePattern } from './parse.ts';
export type { Alternative, Branch, Condition, Field, FieldTest, Or, Pattern, ValueTest } from './pattern.ts';
export { type Place, pathOf } from './place.ts';
