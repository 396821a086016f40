import { type JsonValue, sameJson } from '../json.ts';
import type { Comparator, Condition, Operand, Path } from './path.ts';

/** Reads a path of a condition. What isn't there is undefined. */
export type ReadValue = (path: Path) => JsonValue | undefined;

/** Whether an item of a list meets the condition of a filter. */
export function meets(condition: Condition, read: ReadValue): boolean {
  const resolve = (operand: Operand) => ('path' in operand ? read(operand.path) : operand.value);
  switch (condition.kind) {
    case 'or':
      return condition.conditions.some((part) => meets(part, read));
    case 'and':
      return condition.conditions.every((part) => meets(part, read));
    case 'not':
      return !meets(condition.condition, read);
    case 'exists':
      return resolve(condition.operand) !== undefined;
    case 'compare':
      return compare[condition.comparator](resolve(condition.left), resolve(condition.right));
  }
}

type Compare = (left: JsonValue | undefined, right: JsonValue | undefined) => boolean;

const same: Compare = (left, right) =>
  left === undefined || right === undefined ? left === right : sameJson(left, right);

/** Numbers compare with numbers, texts with texts. Nothing else has an order. */
const ordered =
  (holds: (order: number) => boolean): Compare =>
  (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return holds(left - right);
    if (typeof left === 'string' && typeof right === 'string') {
      return holds(left < right ? -1 : left > right ? 1 : 0);
    }
    return false;
  };

const compare: Record<Comparator, Compare> = {
  '==': same,
  '!=': (left, right) => !same(left, right),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
};
