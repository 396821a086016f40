import { createHash } from 'node:crypto';
import type { JsonValue } from '../json.ts';

/** Where the stack is said to run: what ARNs and data sources are made of. */
export interface Place {
  region: string;
  /** The AWS account, 12 digits. */
  account: string;
  /** The address of this process, `http://127.0.0.1:4000`. */
  endpoint: string;
}

type Computed = (get: (argument: string) => string, place: Place) => JsonValue;

export interface ResourceType {
  /** Why the type has no behaviour here, whatever its arguments; for one of {@link inertTypes} only. */
  inert?: string;
  /** The arguments that the local run acts on. */
  arguments: readonly string[];
  /** The arguments that change nothing here, and why. */
  withoutEffect?: Readonly<Record<string, string>>;
  /** What AWS enforces and the local run doesn't, and what happens here instead. */
  notEnforced?: Readonly<Record<string, string>>;
  /** The attributes that AWS would give the resource. */
  computed?: Readonly<Record<string, Computed>>;
}

/** An id for what AWS would number itself: the same for the same name, so that ARNs stay put between runs. */
export const idOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 10);

export const arn =
  (service: string, resource: (get: (argument: string) => string) => string): Computed =>
  (get, { region, account }) =>
    `arn:aws:${service}:${region}:${account}:${resource(get)}`;
