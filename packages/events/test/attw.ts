import { registerHooks } from 'node:module';

/**
 * Loads `@arethetypeswrong/core`. Its `import ts from 'typescript'` gives what `require` gives: by itself, Node.js reads the nine
 * megabytes of that module twice more, for its format and the names of its exports.
 */
export async function loadAttw(): Promise<typeof import('@arethetypeswrong/core')> {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== 'typescript' || !context.conditions.includes('import'))
        return nextResolve(specifier, context);
      const from = JSON.stringify(context.parentURL);
      const code = `import { createRequire } from 'node:module'; export default createRequire(${from})('typescript');`;
      return { url: `data:text/javascript,${encodeURIComponent(code)}`, shortCircuit: true };
    },
  });
  try {
    return await import('@arethetypeswrong/core');
  } finally {
    hooks.deregister();
  }
}
