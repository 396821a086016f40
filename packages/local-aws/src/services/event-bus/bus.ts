import type { BusEvent } from '../../target.ts';
import type { Rule } from './rule.ts';

export interface Bus {
  name: string;
  arn: string;
  rules: readonly Rule[];
}

/** Puts an event on a bus, in a flow. */
export type Publish = (
  bus: Bus,
  event: BusEvent,
  flowId: string,
  how?: {
    /** The ARNs of the rules that get it; left out, every rule does. */
    only?: readonly string[] | undefined;
    /** The role of whoever puts it there; undefined for a developer. */
    roleArn?: string | undefined;
  },
) => void;

/** The bus of a name or an ARN, or undefined. */
export const findBus = (buses: readonly Bus[], named: string): Bus | undefined =>
  buses.find(({ name, arn }) => named === name || named === arn);
