import base from '../jest.config.base.js';

// One file at a time: Terraform installs its provider into one folder for all of them.
export default { ...base, maxWorkers: 1 };
