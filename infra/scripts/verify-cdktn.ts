/**
 * Synthesizes the stack under `cdktf` and, in a temporary install, under its continuation `cdktn`, and compares everything
 * that the two write. Needs npm, its registry, and the built functions. The reason is in docs/decisions/0006-cdktn.md.
 *
 * Exit status: 0, the outputs differ in version metadata only; 1, they differ in something else, or the stack doesn't
 * synthesize under cdktn; 2, npm couldn't install cdktn, or the stack doesn't synthesize under cdktf.
 */
import { execFileSync } from 'node:child_process';
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
import { stageNames } from '../src/stages.ts';
import { differences } from './differences.ts';

const cdktn = '0.24.0';

/**
 * The package that takes the place of each: the newest cdktn, and the newest provider package that is made for it. None
 * has the AWS provider 5 of ours.
 */
const successors: Record<string, { name: string; version: string }> = {
  cdktf: { name: 'cdktn', version: cdktn },
  '@cdktf/provider-aws': { name: '@cdktn/provider-aws', version: '25.7.0' },
  // The two above refuse 10.8.
  constructs: { name: 'constructs', version: '10.7.2' },
};

/** The environments that make another output. */
const variants: { name: string; env: Record<string, string> }[] = [
  ...stageNames.map((stage) => ({ name: stage, env: { STAGE: stage } })),
  { name: 'state in a bucket', env: { STATE_BUCKET: 'state-of-orders' } },
];

const infra = resolve(import.meta.dirname, '..');
const root = dirname(infra);

/** A synthesized app: JSON as its value, so that white space doesn't count, any other file as its hash. */
type Output = Record<string, unknown>;

function readOutput(outdir: string): Output {
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const bytes = readFileSync(path);
      const value = name.endsWith('.json')
        ? JSON.parse(bytes.toString())
        : createHash('sha256').update(bytes).digest('hex');
      return [path.slice(outdir.length + 1).replaceAll(sep, '/'), value];
    }),
  );
}

function synthesize(app: string, outdir: string, env: Record<string, string>): Output {
  execFileSync(process.execPath, [join(app, 'main.ts')], {
    // The same for both: the path of a local state is made from it.
    cwd: infra,
    env: { ...process.env, STAGE: undefined, STATE_BUCKET: undefined, ...env, CDKTF_OUTDIR: outdir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readOutput(outdir);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // Everybody may make a junction on Windows; elsewhere it is a plain link.
  symlinkSync(realpathSync(target), path, 'junction');
}

/** Copies the source of the stack, and links to the rest of the repository, which has the bundles and the schemas. */
function copySource(temp: string): string {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const isLeftOut = ['infra', 'node_modules'].includes(entry.name) || entry.name.startsWith('.');
    if (entry.isDirectory() && !isLeftOut) link(join(root, entry.name), join(temp, entry.name));
  }
  const copy = join(temp, 'infra');
  const isSource = (path: string) =>
    !/^(node_modules|cdktf\.out|\.turbo|\.terraform|.*\.tfstate.*)$/.test(basename(path));
  cpSync(infra, copy, { recursive: true, filter: isSource });
  return copy;
}

/** Installs the successors under the names that the source imports, and links to its other dependencies. */
function installSuccessors(temp: string): void {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(infra, 'package.json'), 'utf8'));
  const others = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !successors[name] && name !== 'cdktf-cli',
  );
  const unknown = others.filter((name) => name.startsWith('@cdktf/'));
  if (unknown.length > 0)
    throw new Error(`infra/package.json has ${unknown}, which has no successor: add it in verify-cdktn.ts`);

  const packages = Object.values(successors).map(({ name, version }) => [name, version]);
  writeFileSync(join(temp, 'package.json'), JSON.stringify({ dependencies: Object.fromEntries(packages) }));
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  const shell = process.platform === 'win32';
  execFileSync('npm', ['install', ...flags, '--fetch-retries=1'], { cwd: temp, shell, stdio: 'inherit' });

  const modules = join(temp, 'node_modules');
  // Links, not npm's aliases: the provider imports `cdktn` and the stack `cdktf`, and they must be one copy.
  for (const [name, successor] of Object.entries(successors))
    if (name !== successor.name) link(join(modules, successor.name), join(modules, name));
  for (const name of others) link(join(infra, 'node_modules', name), join(modules, name));
}

/** The places that may differ: the versions of the library and of the provider, and Terraform's two names for it. */
const versionMetadata = [
  /^manifest\.json\.version: "[\d.]+", not "[\d.]+"$/,
  /^stacks\/[^/]+\/cdk\.tf\.json\.\/\/\.metadata\.version: "[\d.]+", not "[\d.]+"$/,
  /^stacks\/[^/]+\/cdk\.tf\.json\.terraform\.required_providers\.aws\.version: "[\d.]+", not "[\d.]+"$/,
  /^stacks\/[^/]+\/cdk\.tf\.json\.terraform\.required_providers\.aws\.source: "hashicorp\/aws", not "aws"$/,
];

/** Compares one variant, and prints the verdict. Returns whether the outputs differ in version metadata only. */
function compare(name: string, here: Output, there: Output): boolean {
  // Without this, cdktf would be compared with itself if the copy finds it by mistake.
  const { version } = there['manifest.json'] as { version: unknown };
  if (version !== cdktn)
    throw new Error(`the copy was synthesized by version ${version}, not by cdktn ${cdktn}`);
  const found = differences(there, here);
  const others = found.filter((difference) => !versionMetadata.some((allowed) => allowed.test(difference)));
  console.log(`${name}: ${Object.keys(here).length} files, ${found.length} differences (cdktn, not cdktf)`);
  for (const each of found) console.log(`  ${others.includes(each) ? 'NOT ALLOWED ' : ''}${each}`);
  return others.length === 0;
}

const temp = realpathSync(mkdtempSync(join(tmpdir(), 'verify-cdktn-')));
process.exitCode = 2;
try {
  const copy = copySource(temp);
  // Before the install: it fails at once if a function isn't built.
  const here = variants.map(({ env }, index) => synthesize(infra, join(temp, `cdktf-${index}`), env));
  installSuccessors(temp);
  process.exitCode = 1;
  const verdicts = variants.map(({ name, env }, index) =>
    compare(name, here[index] ?? {}, synthesize(copy, join(temp, `cdktn-${index}`), env)),
  );
  if (verdicts.every(Boolean)) process.exitCode = 0;
} catch (error) {
  console.error((error as Error).message);
} finally {
  rmSync(temp, { recursive: true, force: true });
}
