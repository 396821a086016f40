// jq, as the scripts call it: options, a filter, JSON on stdin.
import { readFileSync } from 'node:fs';
import { raw } from 'jq-wasm';

const options = [];
let filter;
const args = process.argv.slice(2);
while (args.length > 0) {
  const [arg] = args;
  if (arg === '--arg') options.push(...args.splice(0, 3));
  else if (arg.startsWith('-')) options.push(args.shift());
  else filter = args.shift();
}
const readsNothing = options.some((option) => /^-\w*n/.test(option));
try {
  const text = await raw(readsNothing ? 'null' : readFileSync(0, 'utf8'), filter, options);
  if (text !== '') console.log(text);
  // -e fails for a last output of null or false, and for none.
  const isEmpty = ['', 'null', 'false'].includes(text.split('\n').at(-1));
  if (options.some((option) => /^-\w*e/.test(option)) && isEmpty) process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 5;
}
