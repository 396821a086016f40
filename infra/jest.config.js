import base from '../jest.config.base.js';

// What needs Terraform is in verify/, with a configuration of its own.
export default { ...base, roots: ['<rootDir>/test'] };
