import base from '@orders/jest';

export default {
  ...base,
  // One file at a time: they share the folder into which Terraform installs its provider.
  maxWorkers: 1,
  setupFilesAfterEnv: ['<rootDir>/time-limit.ts'],
};
