import { machineOf } from '../world.ts';
import {
  assignCase,
  breaking,
  common,
  end,
  type FieldCases,
  handling,
  jsonata,
  moving,
  one,
  outputCase,
  placing,
} from './field-case.ts';

const sum = { m: '{% $states.input.n + 1 %}' };
const summed = { output: { m: 2 } };
const wait = { Type: 'Wait', Seconds: 1 };
const parallel = { Type: 'Parallel', Branches: [one('A', end)] };
const map = { Type: 'Map', ItemProcessor: one('A', end) };

export const parallelCases: FieldCases = {
  ...common(parallel, { ...parallel, Output: sum }, summed, {}),
  InputPath: {
    says: 'selects what the branches get',
    machine: machineOf({ ...parallel, InputPath: '$.a' }),
    input: { a: 1 },
    gives: { output: [1] },
  },
  OutputPath: {
    says: 'selects what the next state gets; null is an empty object',
    machine: machineOf({ ...parallel, OutputPath: '$[0]' }),
    input: { a: 1 },
    gives: { output: { a: 1 } },
  },
  ...moving(parallel),
  ...placing(parallel, [{ a: [1] }]),
  ...handling({ Type: 'Parallel', Branches: [breaking] }),
  Output: outputCase(parallel),
  Assign: assignCase(parallel),
  Parameters: {
    says: 'is what each branch gets',
    machine: machineOf({ ...parallel, Parameters: { 'b.$': '$.a' } }),
    input: { a: 1 },
    gives: { output: [{ b: 1 }] },
  },
  Arguments: {
    says: 'is what each branch gets, made by expressions',
    machine: machineOf({ ...parallel, ...jsonata, Arguments: { b: '{% $states.input.a %}' } }),
    input: { a: 1 },
    gives: { output: [{ b: 1 }] },
  },
  Branches: {
    says: 'run beside each other',
    machine: machineOf({ Type: 'Parallel', Branches: [one('A', wait), one('B', wait)] }),
    input: 1,
    gives: { output: [1, 1], waitedMs: 1_000 },
  },
};

const items = { ...map, ItemsPath: '$.a' };

export const mapCases: FieldCases = {
  ...common(map, { ...map, Items: [], Output: sum }, summed, [1]),
  InputPath: {
    says: 'selects what the items are in',
    machine: machineOf({ ...map, InputPath: '$.a' }),
    input: { a: [1] },
    gives: { output: [1] },
  },
  OutputPath: {
    says: 'selects what the next state gets; null is an empty object',
    machine: machineOf({ ...map, OutputPath: '$[0]' }),
    input: [1],
    gives: { output: 1 },
  },
  ...moving(map, [1]),
  ...placing(items, [1]),
  ...handling({ Type: 'Map', ItemsPath: '$$.StateMachine.*', ItemProcessor: breaking }),
  Output: outputCase({ ...map, Items: [1] }),
  Assign: assignCase(map, [1]),
  Parameters: {
    says: 'is the older name of ItemSelector',
    machine: machineOf({ ...map, Parameters: { 'v.$': '$$.Map.Item.Value' } }),
    input: [1],
    gives: { output: [{ v: 1 }] },
  },
  ItemProcessor: {
    says: 'is the machine that runs for each item',
    machine: machineOf(map),
    input: [1, 2],
    gives: { output: [1, 2] },
  },
  Iterator: {
    says: 'is the older name of ItemProcessor',
    machine: machineOf({ Type: 'Map', Iterator: one('A', end) }),
    input: [1, 2],
    gives: { output: [1, 2] },
  },
  ItemsPath: {
    says: 'is where the items are',
    machine: machineOf({ ...map, ItemsPath: '$.a[1:]' }),
    input: { a: [1, 2, 3] },
    gives: { output: [2, 3] },
  },
  Items: {
    says: 'is the items, or an expression for them',
    machine: machineOf({ ...map, ...jsonata, Items: '{% $states.input.a[$ > 1] %}' }),
    input: { a: [1, 2, 3] },
    gives: { output: [2, 3] },
  },
  ItemSelector: {
    says: 'is what each iteration gets',
    machine: machineOf({ ...map, ItemSelector: { 'v.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' } }),
    input: ['a'],
    gives: { output: [{ v: 'a', i: 0 }] },
  },
  MaxConcurrency: {
    says: 'is how many iterations run at a time',
    machine: machineOf({ Type: 'Map', MaxConcurrency: 1, ItemProcessor: one('A', wait) }),
    input: [1, 2, 3],
    gives: { waitedMs: 3_000 },
  },
  MaxConcurrencyPath: {
    says: 'is where that number is',
    machine: machineOf({
      Type: 'Map',
      MaxConcurrencyPath: '$.n',
      ItemsPath: '$.a',
      ItemProcessor: one('A', wait),
    }),
    input: { a: [1, 2, 3], n: 1 },
    gives: { waitedMs: 3_000 },
  },
};
