import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

// The workflows of GitHub, each read once.

export interface Step {
  name?: string;
  id?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
export interface Job {
  if?: string;
  uses?: string;
  outputs?: Record<string, string>;
  needs?: string | string[];
  with?: Record<string, string>;
  steps?: Step[];
  secrets?: unknown;
  env?: Record<string, string>;
  environment?: string | { name: string; url: string };
  permissions?: Record<string, string>;
  concurrency?: { group: string; 'cancel-in-progress': boolean };
  'timeout-minutes'?: number;
}
export interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const directory = resolve(import.meta.dirname, '../../.github/workflows');
export const files = readdirSync(directory);

export const textOf = (file: string) => readFileSync(join(directory, file), 'utf8');

const workflows = new Map<string, Workflow>();

export function workflowOf(file: string): Workflow {
  const workflow = workflows.get(file) ?? (parse(textOf(file)) as Workflow);
  workflows.set(file, workflow);
  return workflow;
}

export const jobsOf = (file: string) => Object.entries(workflowOf(file).jobs);
