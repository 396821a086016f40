/**
 * The hooks of pnpm, which loads them for each of its commands, with the Node.js of the machine and before anything is
 * installed. The lockfile has a checksum of this file, and of no other one: after a change, run `pnpm install`.
 */
const { prepareInstall } = require('./prepare-install.cjs');

const updateConfig = (config) => prepareInstall(config, process);

/** Leaves out what a package would bring into the first install without using it: tsup has 11 MB of swc, for decorators. */
function readPackage(manifest) {
  if (manifest.name === 'tsup') {
    delete manifest.peerDependencies['@swc/core'];
    delete manifest.peerDependenciesMeta['@swc/core'];
  }
  return manifest;
}

module.exports = { hooks: { updateConfig, readPackage } };
