// jq, as the scripts call it: options, a filter, JSON on stdin.
import { readFileSync } from 'node:fs';
import { raw } from 'jq-wasm';

/**
 * @param {readonly string[]} args
 * @param {() => string} stdin read unless the options say that there is no input
 * @returns {Promise<{ status: number, output: string, error: string }>}
 */
export async function runJq(args, stdin) {
  const options = [];
  let filter;
  const rest = [...args];
  while (rest.length > 0) {
    const [arg] = rest;
    if (arg === '--arg' || arg === '--argjson') options.push(...rest.splice(0, 3));
    else if (arg.startsWith('-')) options.push(rest.shift());
    else filter = rest.shift();
  }
  const readsNothing = options.some((option) => /^-\w*n/.test(option));
  try {
    const text = await raw(readsNothing ? 'null' : stdin(), filter, options);
    // -e fails for a last output of null or false, and for none.
    const isEmpty = ['', 'null', 'false'].includes(text.split('\n').at(-1));
    const status = options.some((option) => /^-\w*e/.test(option)) && isEmpty ? 1 : 0;
    return { status, output: text === '' ? '' : `${text}\n`, error: '' };
  } catch (error) {
    return { status: 5, output: '', error: `${error.message}\n` };
  }
}

if (import.meta.filename === process.argv[1]) {
  const { status, output, error } = await runJq(process.argv.slice(2), () => readFileSync(0, 'utf8'));
  process.stdout.write(output);
  process.stderr.write(error);
  process.exitCode = status;
}
