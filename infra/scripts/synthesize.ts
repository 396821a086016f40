import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type TerraformStack } from 'cdktf';
import { OrderStack } from '../src/order-stack.ts';
import { stageOf } from '../src/stages.ts';
import type { StackJson } from './stack-json.ts';

/** The output folder of cdktf, which the caller removes, and the Terraform module of the stack in it. */
export interface Synthesized {
  outdir: string;
  moduleDir: string;
}

/** Synthesizes an app of one stack into a new temporary folder. */
function synthesizeApp(build: (app: App) => TerraformStack): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'orders-infra-'));
  try {
    const app = new App({ outdir });
    const { node } = build(app);
    app.synth();
    return { outdir, moduleDir: join(outdir, 'stacks', node.id) };
  } catch (error) {
    rmSync(outdir, { recursive: true });
    throw error;
  }
}

/** Synthesizes a stage (`dev` by default) into a new temporary folder. */
export const synth = (stage?: string): Synthesized =>
  synthesizeApp((app) => new OrderStack(app, stageOf(stage)));

/** Synthesizes a stack, with its aspects and validations, and leaves no file behind. */
export function synthesize(build: (app: App) => TerraformStack): StackJson {
  const { outdir, moduleDir } = synthesizeApp(build);
  try {
    return readStack(moduleDir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The stages that this process has synthesized, as JSON, by name. */
const synthesized = new Map<string, string>();

/**
 * Synthesizes a stage (`dev` by default), and leaves no file behind. A process synthesizes a stage once, and each caller gets
 * a copy of its own.
 */
export function synthStack(stage?: string): StackJson {
  const { name } = stageOf(stage);
  const json =
    synthesized.get(name) ?? JSON.stringify(synthesize((app) => new OrderStack(app, stageOf(name))));
  synthesized.set(name, json);
  return JSON.parse(json) as StackJson;
}

export const readStack = (moduleDir: string): StackJson =>
  JSON.parse(readFileSync(join(moduleDir, 'cdk.tf.json'), 'utf8'));
