import { runtimeError } from './runtime-error.mjs';

const { existsSync, readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const { basename, dirname, join } = process.getBuiltinModule('node:path');
const { pathToFileURL } = process.getBuiltinModule('node:url');

/**
 * An exported function that Lambda calls.
 *
 * @typedef {(event: unknown, context: object, callback: Callback) => unknown} Handler
 */
/** @typedef {(error?: unknown, result?: unknown) => void} Callback */

/**
 * Loads a handler by its name, `src/orders.api.handler`: the export `api.handler` of the module `orders` in the folder
 * `src`.
 *
 * @param {string} root the folder of the function's code
 * @param {string} name
 * @returns {Promise<Handler>}
 * @throws {Error} of Lambda's runtime, or what the module throws
 */
export async function loadHandler(root, name) {
  if (name.includes('..')) {
    throw runtimeError(
      'MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const last = basename(name);
  const [, module = '', path = ''] = /^([^.]*)\.(.*)$/.exec(last) ?? [];
  if (path === '') throw runtimeError('MalformedHandlerName', 'Bad handler');

  const folder = join(root, name.slice(0, name.length - last.length));
  const exported = await loadModule(root, folder, module);
  const handler = path.split('.').reduce((value, key) => value?.[key], exported);
  if (typeof handler === 'function') return handler;
  throw runtimeError(
    'HandlerNotFound',
    `${name} is ${handler ? 'not a function' : 'undefined or not exported'}`,
  );
}

/**
 * @param {string} root
 * @param {string} folder
 * @param {string} module
 * @returns {Promise<any>}
 */
async function loadModule(root, folder, module) {
  const file = join(folder, module);
  const require = createRequire(join(root, 'handler'));
  try {
    for (const extension of ['', '.js', '.mjs', '.cjs']) {
      const path = `${file}${extension}`;
      if (!existsSync(path)) continue;
      const isModule = extension === '.mjs' || (extension === '.js' && isOfModules(dirname(path)));
      return isModule ? await import(pathToFileURL(path).href) : require(path);
    }
    return require(require.resolve(module, { paths: [root, folder] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError('UserCodeSyntaxError', error);
    throw Object(error).code === 'MODULE_NOT_FOUND' ? runtimeError('ImportModuleError', error) : error;
  }
}

/**
 * Whether the nearest package.json says that .js files are modules.
 *
 * @param {string} folder
 * @returns {boolean}
 */
function isOfModules(folder) {
  if (basename(folder) === 'node_modules') return false;
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))?.type === 'module';
    } catch {
      return false;
    }
  }
  return dirname(folder) !== folder && isOfModules(dirname(folder));
}
