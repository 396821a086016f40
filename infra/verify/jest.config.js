import base from '../../jest.config.base.js';

export default {
  ...base,
  // One file at a time: Terraform installs its provider into one folder for all of them.
  maxWorkers: 1,
  // A first download of the AWS provider takes its time.
  testTimeout: 300_000,
};
