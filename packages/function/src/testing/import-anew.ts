let imports = 0;

/**
 * Imports a module as a new environment of a function does: its code runs anew, with the environment variables of now. What it
 * imports itself doesn't.
 */
export const importAnew = <Module>(module: URL): Promise<Module> => {
  imports += 1;
  return import(`${module.href}?${imports}`) as Promise<Module>;
};
