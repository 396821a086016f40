import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LocalResponse, LocalRoutes } from '@orders/local-aws';

const folder = resolve(import.meta.dirname, '../../console/dist');

/** The page loads nothing but its own files, and talks to nobody but the local run. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function file(name: string, type: string): LocalResponse {
  try {
    const headers = {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    };
    return { status: 200, body: readFileSync(resolve(folder, name)), headers };
  } catch {
    return {
      status: 503,
      body: `The page isn't built: run \`pnpm build\`. ${resolve(folder, name)} is missing.`,
    };
  }
}

const runbooks = resolve(import.meta.dirname, '../../../docs/runbooks');

/** A runbook as it is written. The alarms of the stack name it. */
function runbook(name: string): LocalResponse {
  try {
    if (!/^[\w-]+$/.test(name)) throw new Error('not a name');
    return { status: 200, body: readFileSync(resolve(runbooks, `${name}.md`), 'utf8') };
  } catch {
    return { status: 404, body: { message: `There is no runbook ${name}. They are in ${runbooks}.` } };
  }
}

/** The files of the page, as `apps/console` builds them. */
export const consoleRoutes: LocalRoutes = {
  'GET /_local': () => ({ status: 301, headers: { location: '/_local/' }, body: '' }),
  'GET /_local/': () => file('index.html', 'text/html'),
  'GET /_local/console.js': () => file('console.js', 'text/javascript'),
  'GET /_local/style.css': () => file('style.css', 'text/css'),
  'GET /_local/runbooks/<name>': ({ parameters }) => runbook(parameters.name ?? ''),
};
