/**
 * Synthesizes the stack twice, under `cdktf` and, in a temporary install, under its continuation `cdktn`, and compares
 * everything that the two write. Needs npm, its registry, and the built functions. Why: docs/decisions/0006-cdktn.md.
 *
 * Exit status: 0, the outputs differ in version metadata only; 1, they differ in something else, or the stack doesn't
 * synthesize under cdktn; 2, it could not be checked.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { promisify, styleText } from 'node:util';
import { stageNames } from '../src/stages.ts';

const cdktn = { name: 'cdktn', version: '0.24.0' };

/**
 * What takes the place of what: what a team that leaves would install. The newest cdktn, and the newest provider
 * package that is made for it; none has the AWS provider 5 of ours.
 */
const successors: Record<string, { name: string; version: string }> = {
  cdktf: cdktn,
  '@cdktf/provider-aws': { name: '@cdktn/provider-aws', version: '25.7.0' },
  // The two above refuse 10.8.
  constructs: { name: 'constructs', version: '10.7.2' },
};

/** What of the stack's environment makes another output. */
const variants: { name: string; env: Record<string, string> }[] = [
  ...stageNames.map((stage) => ({ name: stage, env: { STAGE: stage } })),
  { name: 'state in a bucket', env: { STATE_BUCKET: 'state-of-orders' } },
];

/** A difference that is allowed: where, and between what. Whatever isn't on this list counts. */
interface VersionMetadata {
  file: RegExp;
  path: RegExp;
  allows(here: unknown, there: unknown): boolean;
}

const manifest = /^manifest\.json$/;
const stack = /^stacks\/[^/]+\/cdk\.tf\.json$/;
const versionMetadata: VersionMetadata[] = [
  // The version of the library that wrote the file.
  { file: manifest, path: /^version$/, allows: areVersions },
  // The same, under the key that Terraform takes for a comment.
  { file: stack, path: /^\/\/\.metadata\.version$/, allows: areVersions },
  // The provider that the package was made from. To raise it is a step of its own, which Terraform plans.
  { file: stack, path: /^terraform\.required_providers\.[^.]+\.version$/, allows: areVersions },
  // The same provider under its short and its longer name: the state knows it by the full one.
  { file: stack, path: /^terraform\.required_providers\.[^.]+\.source$/, allows: isSameProvider },
];

function areVersions(here: unknown, there: unknown): boolean {
  return [here, there].every((value) => typeof value === 'string' && /^\d+\.\d+\.\d+$/.test(value));
}

function isSameProvider(here: unknown, there: unknown): boolean {
  return typeof here === 'string' && typeof there === 'string' && fullAddress(here) === fullAddress(there);
}

/** `aws` → `registry.terraform.io/hashicorp/aws`, as Terraform completes it. */
function fullAddress(source: string): string {
  const parts = source.toLowerCase().split('/');
  return [...['registry.terraform.io', 'hashicorp'].slice(0, 3 - parts.length), ...parts].join('/');
}

interface Difference {
  /** Its path in the output: `stacks/orders/cdk.tf.json`. */
  file: string;
  /** Inside of the file: `resource.aws_sqs_queue.dead-letters.name`; empty for the file as a whole. */
  path: string;
  /** The values under cdktf and under cdktn; undefined is one that isn't there. */
  here: unknown;
  there: unknown;
}

/** A synthesized app by file: JSON as its value, so that white space doesn't count, the others as their hash. */
type Output = Map<string, unknown>;

/** The stack doesn't synthesize under cdktn: an answer, not a failure to check. */
class SynthError extends Error {}

const infra = resolve(import.meta.dirname, '..');
const root = dirname(infra);
const run = promisify(execFile);
const progress = (text: string) => process.stderr.write(`${text}\n`);

async function main(): Promise<number> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopped.abort());
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'verify-cdktn-')));
  try {
    const copy = copySource(temp);
    // Before the install: it fails at once if a function isn't built.
    const original = await synthAll(infra, temp, 'cdktf', stopped.signal);
    await installSuccessors(temp, stopped.signal);
    const continued = await synthSuccessor(copy, temp, stopped.signal);
    const verdicts = variants.map(({ name }, index) => report(name, original[index], continued[index]));
    return verdicts.every((holds) => holds) ? 0 : 1;
  } catch (error) {
    if (error instanceof SynthError) {
      console.error(error.message);
      return 1;
    }
    console.error(`could not check: ${stopped.signal.aborted ? 'stopped' : (error as Error).message}`);
    return 2;
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** Copies the source of the stack, and links to the rest of the repository, where it finds bundles and schemas. */
function copySource(temp: string): string {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const isLeftOut = ['infra', 'node_modules'].includes(entry.name) || entry.name.startsWith('.');
    if (entry.isDirectory() && !isLeftOut) link(join(root, entry.name), join(temp, entry.name));
  }
  const copy = join(temp, 'infra');
  const isSource = (path: string) => !/^(node_modules|cdktf\.out|\..+|.*\.tfstate.*)$/.test(basename(path));
  cpSync(infra, copy, { recursive: true, filter: isSource });
  return copy;
}

/** Installs the successors under the names that the source imports, and links to its other dependencies. */
async function installSuccessors(temp: string, signal: AbortSignal): Promise<void> {
  const dependencies = dependenciesOf(infra);
  const unknown = dependencies.filter((name) => name.startsWith('@cdktf/') && !successors[name]);
  if (unknown.length > 0)
    throw new Error(
      `infra/package.json has ${unknown.join(', ')}, which has no successor in verify-cdktn.ts: add it there. ` +
        `Those of ${Object.keys(successors).join(', ')} are known`,
    );

  const packages = Object.values(successors);
  const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
  progress(`installing ${names} in a temporary folder: some 50 MB to download, 10 s on a fast line …`);
  writeFileSync(
    join(temp, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
    }),
  );
  await npmInstall(temp, signal);

  const modules = join(temp, 'node_modules');
  // Links and not npm's aliases: the provider package imports `cdktn` and the stack `cdktf`, and they must be one
  // copy.
  for (const [name, successor] of Object.entries(successors)) {
    if (name !== successor.name) link(join(modules, successor.name), join(modules, name));
  }
  for (const name of dependencies.filter((name) => !successors[name] && name !== 'cdktf-cli'))
    link(join(infra, 'node_modules', name), join(modules, name));
}

function dependenciesOf(workspace: string): string[] {
  const manifest = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8'));
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // A junction is what Windows lets everybody make; elsewhere it is a plain link.
  symlinkSync(realpathSync(target), path, 'junction');
}

async function npmInstall(cwd: string, signal: AbortSignal): Promise<void> {
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  // One more try, soon: npm would wait for over a minute before it says that there is no registry.
  const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
  try {
    // On Windows npm is a script, which only a shell starts.
    await run('npm', ['install', ...flags, ...retries], { cwd, signal, shell: process.platform === 'win32' });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    // Without the indented lines, which are npm's own stack.
    const reasons = (stderr ?? '').split('\n').filter((line) => /^npm error \w/.test(line));
    const told = reasons.filter((line) => !line.includes('A complete log of this run'));
    throw new Error(
      `npm could not install cdktn, for which it needs its registry:\n${told.join('\n') || message}`,
    );
  }
}

/** Synthesizes every variant with the `main.ts` of an `infra/`. */
async function synthAll(app: string, temp: string, tool: string, signal: AbortSignal): Promise<Output[]> {
  progress(`synthesizing under ${tool}: ${variants.map(({ name }) => name).join(', ')} …`);
  const outputs: Output[] = [];
  for (const [index, { name, env }] of variants.entries()) {
    const outdir = join(temp, `${tool}-${index}`);
    try {
      await run(process.execPath, [join(app, 'main.ts')], {
        // For both, as the path of a local state is made from it.
        cwd: infra,
        env: { ...process.env, STAGE: undefined, STATE_BUCKET: undefined, ...env, CDKTF_OUTDIR: outdir },
        signal,
      });
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(`synth (${name}) fails:\n${stderr || message}`);
    }
    outputs.push(readOutput(outdir));
  }
  return outputs;
}

async function synthSuccessor(app: string, temp: string, signal: AbortSignal): Promise<Output[]> {
  const outputs = await synthAll(app, temp, 'cdktn', signal).catch((error: Error) => {
    if (signal.aborted) throw error;
    throw new SynthError(`the stack synthesizes under cdktf, and doesn't under cdktn: ${error.message}`);
  });
  // Or cdktf, found in the copy by mistake, would be compared with itself.
  for (const output of outputs) {
    const { version } = output.get('manifest.json') as { version: unknown };
    if (version !== cdktn.version)
      throw new Error(`the copy was synthesized by version ${version}, not by cdktn ${cdktn.version}`);
  }
  return outputs;
}

function readOutput(outdir: string): Output {
  const entries = readdirSync(outdir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.sort().map((path) => {
      const bytes = readFileSync(path);
      const name = path.slice(outdir.length + 1).replaceAll(sep, '/');
      const hash = () => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      return [name, name.endsWith('.json') ? JSON.parse(bytes.toString()) : hash()];
    }),
  );
}

function compare(here: Output, there: Output): Difference[] {
  const files = [...new Set([...here.keys(), ...there.keys()])];
  return files.flatMap((file) =>
    differences(here.get(file), there.get(file)).map((difference) => ({ file, ...difference })),
  );
}

function differences(here: unknown, there: unknown, path = ''): Omit<Difference, 'file'>[] {
  const areBoth = (is: (value: unknown) => boolean) => is(here) && is(there);
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!areBoth(Array.isArray) && !areBoth(isObject)) {
    return JSON.stringify(here) === JSON.stringify(there) ? [] : [{ path, here, there }];
  }
  const [a, b] = [here, there] as Record<string, unknown>[];
  const keys = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])];
  return keys.flatMap((key) => differences(a?.[key], b?.[key], path === '' ? key : `${path}.${key}`));
}

const isVersionMetadata = ({ file, path, here, there }: Difference) =>
  versionMetadata.some(
    (allowed) => allowed.file.test(file) && allowed.path.test(path) && allowed.allows(here, there),
  );

/** Prints the verdict on a variant. Returns whether the outputs differ in version metadata only. */
function report(variant: string, here: Output | undefined, there: Output | undefined): boolean {
  if (!here?.size || !there?.size) throw new Error(`${variant}: nothing was synthesized`);
  const found = compare(here, there);
  const metadata = found.filter(isVersionMetadata);
  const others = found.filter((difference) => !metadata.includes(difference));
  const place = ({ file, path }: Difference) => `  ${file}${path && `: ${path}`}`;
  const show = (value: unknown) => JSON.stringify(value) ?? 'not there';

  if (others.length === 0) {
    const verdict = `${variant}: under cdktn the output (${here.size} files) differs in version metadata only`;
    console.log(styleText('green', verdict));
  } else {
    const verdict = `${variant}: under cdktn the output differs in more than version metadata (${others.length})`;
    console.log(styleText('red', verdict));
    for (const each of others)
      console.log(`${place(each)}\n    cdktf: ${show(each.here)}\n    cdktn: ${show(each.there)}`);
    console.log('  Version metadata:');
  }
  for (const each of metadata) console.log(`${place(each)}: ${each.here} → ${each.there}`);
  return others.length === 0;
}

process.exitCode = await main();
