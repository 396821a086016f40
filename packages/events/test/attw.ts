import { registerHooks } from 'node:module';

/** Loads `@arethetypeswrong/core`. It imports nine megabytes of TypeScript, which are required instead, by `@orders/jest`. */
export async function loadAttw(): Promise<typeof import('@arethetypeswrong/core')> {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      const isImported = specifier === 'typescript' && context.conditions.includes('import');
      return isImported ? { ...found, url: `${found.url}?required`, format: 'module' } : found;
    },
  });
  try {
    return await import('@arethetypeswrong/core');
  } finally {
    hooks.deregister();
  }
}
