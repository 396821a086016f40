/**
 * What the process of a function runs first. Node.js has its own modules compiled, for the flags that V8 has by default: with
 * any other, it compiles each of them anew, which is a fifth of its start. So the flags go back to their defaults before
 * the modules are loaded. They have had their effect by now: the heap has its limit.
 */
const { setFlagsFromString } = require('node:v8');

for (const flag of ['--max-old-space-size=0', '--rehash-snapshot']) setFlagsFromString(flag);
import('./bootstrap.mjs');
