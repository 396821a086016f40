import {
  branchFields,
  catcherFields,
  type Fields,
  machineFields,
  processorConfigFields,
  processorFields,
  retrierFields,
  stateFields,
} from '../../src/definition/fields.ts';
import { jsonataRuleFields } from '../../src/definition/parse-choices.ts';
import type { FieldCases } from './field-case.ts';
import {
  branchCases,
  catcherCases,
  jsonataRuleCases,
  machineCases,
  processorCases,
  processorConfigCases,
  retrierCases,
} from './other-fields.ts';
import { mapCases, parallelCases } from './parallel-and-map.ts';
import { choiceCases, failCases, passCases, succeedCases, waitCases } from './simple-states.ts';
import { taskCases } from './task.ts';

/** Every table of fields, with the cases that show what is known of it. */
export const tables: readonly (readonly [title: string, fields: Fields, cases: FieldCases])[] = [
  ['The definition', machineFields, machineCases],
  ['Pass', stateFields.Pass, passCases],
  ['Task', stateFields.Task, taskCases],
  ['Choice', stateFields.Choice, choiceCases],
  ['Choice rule in JSONata', jsonataRuleFields, jsonataRuleCases],
  ['Wait', stateFields.Wait, waitCases],
  ['Succeed', stateFields.Succeed, succeedCases],
  ['Fail', stateFields.Fail, failCases],
  ['Parallel', stateFields.Parallel, parallelCases],
  ['Branch of a Parallel state', branchFields, branchCases],
  ['Map', stateFields.Map, mapCases],
  ['ItemProcessor', processorFields, processorCases],
  ['ProcessorConfig', processorConfigFields, processorConfigCases],
  ['Retrier', retrierFields, retrierCases],
  ['Catcher', catcherFields, catcherCases],
];
