/**
 * The hooks of pnpm, which loads them for each of its commands, with the Node.js of the machine and before anything is
 * installed. The lockfile has a checksum of this file, and of no other one: after a change, run `pnpm install`.
 */
const { prepareInstall } = require('./prepare-install.cjs');

const updateConfig = (config) => prepareInstall(config, process);

module.exports = { hooks: { updateConfig } };
