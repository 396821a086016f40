import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

import { isObject, type JsonValue } from '../../json.ts';
import { block, type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { Queue } from '../queue/queue.ts';
import type { Queues } from '../queue/queues.ts';
import { unzip } from './unzip.ts';

/** What becomes of the asynchronous invocations of a function. */
export interface AsynchronousConfig {
  /** How many times one that failed is tried again. */
  maxRetries: number;
  /** How old one may be to be tried again, in milliseconds. */
  maxAgeMs: number;
  /** The queue that gets those that were given up. */
  onFailure: Queue | undefined;
}

/** Lambda's own, where the stack says nothing else. */
const defaults = { maxRetries: 2, maxAgeSeconds: 6 * 60 * 60 };

/** Reads what becomes of asynchronous invocations, by the name of the function; Lambda's defaults for any other. */
export function readAsynchronousConfigs(plan: Plan, queues: Queues): (name: string) => AsynchronousConfig {
  const functions = plan.resources('aws_lambda_function').map((resource) => text(resource, 'function_name'));
  const configs = new Map<string, AsynchronousConfig>();
  for (const config of plan.resources('aws_lambda_function_event_invoke_config')) {
    const name = text(config, 'function_name');
    if (!functions.includes(name)) {
      throw new UnsupportedError(
        `${config.address}: the stack has no function ${name}, only ${functions.join(', ')}`,
      );
    }
    const { maximum_retry_attempts: retries, maximum_event_age_in_seconds: age } = config.attributes;
    configs.set(name, {
      maxRetries: numberOr(retries, defaults.maxRetries),
      maxAgeMs: numberOr(age, defaults.maxAgeSeconds) * 1_000,
      onFailure: readOnFailure(config, queues),
    });
  }
  const { maxRetries, maxAgeSeconds } = defaults;
  return (name) => configs.get(name) ?? { maxRetries, maxAgeMs: maxAgeSeconds * 1_000, onFailure: undefined };
}

function readOnFailure(config: Resource, queues: Queues): Queue | undefined {
  const { on_failure: onFailure } = block(config, 'destination_config', ['on_failure']);
  if (onFailure === undefined) return undefined;
  const queue = queues.find(isObject(onFailure) ? String(onFailure.destination) : '');
  if (queue) return queue;
  throw new UnsupportedError(
    `${config.address}: the local run knows queues of the stack as destinations, received ${JSON.stringify(onFailure)}`,
  );
}

/** A function as the stack describes it, its code read and checked. */
export interface FunctionConfig {
  name: string;
  arn: string;
  invokeArn: string;
  roleArn: string;
  handler: string;
  /** `nodejs22.x` */
  runtime: string;
  memoryMb: number;
  timeoutMs: number;
  variables: Record<string, string>;
  logGroup: string;
  logGroupArn: string;
  logFormat: string;
  /** Whether it sends its traces to X-Ray. Here they stay in the local run, as stories. */
  isTraced: boolean;
  /** The SHA-256 of its zip, in Base64. */
  codeSha256: string;
  /** How many bytes its zip has. */
  codeSize: number;
  /** The folder for its code. */
  dir: string;
  /** Writes the code into its folder, unless it is there. @returns the folder */
  unpack(): string;
}

/**
 * Reads a function of the stack, and its zip. Unpacking the code is left to whoever runs it: a run of the stack seldom needs
 * all functions.
 *
 * @param root the folder to unpack into
 * @param folder the name of the folder in there; the function's own if left out
 * @throws {UnsupportedError} for a function that would not run here as it does on AWS
 */
export function readConfig(
  plan: Plan,
  resource: Resource,
  root: string,
  folder = text(resource, 'function_name'),
): FunctionConfig {
  const { address, attributes } = resource;
  const name = text(resource, 'function_name');
  const runtime = text(resource, 'runtime');
  if (!/^nodejs\d+\.x$/.test(runtime)) {
    throw new UnsupportedError(`${address}: the local run knows the runtimes nodejs….x, received ${runtime}`);
  }
  const logging = readLogging(resource);
  const logGroup = logGroupOf(resource);
  const group = plan
    .resources('aws_cloudwatch_log_group')
    .find((candidate) => text(candidate, 'name') === logGroup);
  if (!group) throw new UnsupportedError(`${address}: its log group ${logGroup} isn't in the stack`);
  const { variables = {} } = block(resource, 'environment', ['variables']);

  return {
    name,
    arn: text(resource, 'arn'),
    invokeArn: text(resource, 'invoke_arn'),
    roleArn: text(resource, 'role'),
    handler: text(resource, 'handler'),
    runtime,
    memoryMb: numberOr(attributes.memory_size, 128),
    timeoutMs: numberOr(attributes.timeout, 3) * 1000,
    variables: Object.fromEntries(
      Object.entries(isObject(variables) ? variables : {}).map(([key, value]) => [key, String(value)]),
    ),
    logGroup,
    logGroupArn: text(group, 'arn'),
    logFormat: String(logging.log_format ?? 'Text'),
    isTraced: block(resource, 'tracing_config', ['mode']).mode === 'Active',
    ...readCode(address, zipOf(plan, resource), join(root, folder)),
  };
}

/** The file that the stack uploads as a function's code. */
export const zipOf = (plan: Plan, resource: Resource): string =>
  resolve(plan.dir, text(resource, 'filename'));

/** As Lambda has it of a zip: in Base64. */
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

const numberOr = (value: JsonValue | undefined, otherwise: number) =>
  typeof value === 'number' ? value : otherwise;

function readCode(address: string, zipFile: string, dir: string) {
  const zip = readZip(address, zipFile);
  const { files } = zip;
  for (const name of Object.keys(files)) {
    if (resolve(dir, name).startsWith(dir + sep)) continue;
    throw new UnsupportedError(`${address}: ${zipFile}: the entry ${name} would leave the function's folder`);
  }
  let left: Files | undefined = files;
  return {
    codeSha256: zip.sha256,
    codeSize: zip.size,
    dir,
    unpack() {
      if (left) writeFiles(dir, left);
      left = undefined;
      return dir;
    },
  };
}

function writeFiles(dir: string, files: Files): void {
  const made = new Set<string>();
  for (const [name, bytes] of Object.entries(files)) {
    const file = resolve(dir, name);
    const folder = name.endsWith('/') ? file : dirname(file);
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    if (folder !== file) writeFileSync(file, bytes);
  }
}

/** The files of a zip, by their names. */
type Files = Record<string, Uint8Array>;

/** What has been unzipped and is still in use, by the SHA-256 of the zip: functions can share their code. */
const unzipped = new Map<string, WeakRef<Files>>();

function readZip(address: string, zipFile: string) {
  try {
    const bytes = readFileSync(zipFile);
    const hash = sha256(bytes);
    const files = unzipped.get(hash)?.deref() ?? unzip(bytes);
    for (const [of, ref] of unzipped) if (!ref.deref()) unzipped.delete(of);
    unzipped.set(hash, new WeakRef(files));
    return { sha256: hash, size: bytes.length, files };
  } catch (cause) {
    throw new UnsupportedError(`${address}: its zip ${zipFile} can't be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const readLogging = (resource: Resource) => block(resource, 'logging_config', ['log_format', 'log_group']);

/** The name of the log group that a function writes to. */
export const logGroupOf = (resource: Resource): string =>
  String(readLogging(resource).log_group ?? `/aws/lambda/${text(resource, 'function_name')}`);
