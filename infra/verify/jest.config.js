import base from '../../jest.config.base.js';

export default {
  ...base,
  // One file at a time: they share the folder into which Terraform installs its provider.
  maxWorkers: 1,
  // The first run downloads the AWS provider.
  testTimeout: 300_000,
};
