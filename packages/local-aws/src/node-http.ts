/**
 * `node:http`, without an import of it: that makes Node.js read all that the module has, and load all of its fetch for one of
 * them, 70 ms of a start.
 */
export const { createServer, request, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');
