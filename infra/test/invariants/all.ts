import type { Stack } from '../stack.ts';
import { alarms } from './alarms.ts';
import type { Invariant } from './invariant.ts';
import { policies, wholeStack } from './policies.ts';
import { rules } from './rules.ts';
import { runners } from './runners.ts';
import { storage } from './storage.ts';

/** What holds for every stage, and for whatever is added to the stack. */
export const invariants: readonly Invariant[] = [
  ...rules,
  ...runners,
  ...storage,
  ...alarms,
  ...policies,
  ...wholeStack,
];

/** Whatever breaks an invariant, and which. */
export const faultsOf = (stack: Stack): { invariant: string; fault: string }[] =>
  invariants.flatMap(({ name, faults }) => faults(stack).map((fault) => ({ invariant: name, fault })));
