import { delimiter, dirname } from 'node:path';

/**
 * What turbo is started with. It reports its use to nobody, and finds the pnpm that runs: it starts one for each task. An npm that
 * runs no scripts at install, as npm 12, leaves a script without an interpreter in the place of pnpm, which turbo can't start.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Record<string, string | undefined>}
 */
export function turboEnvironment({ ...env }) {
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  if (/[\\/]pnpm(\.exe)?$/.test(env.npm_execpath ?? ''))
    env[path] = [dirname(env.npm_execpath ?? ''), env[path]].join(delimiter);
  return { ...env, TURBO_TELEMETRY_DISABLED: '1' };
}
