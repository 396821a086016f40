/** Options of a Node.js process that a test starts with a source: it shares what is stripped and compiled with the tests. */
export const nodeOptions = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  new URL('register.mjs', import.meta.url).href,
];
