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
