import base from '../jest.config.base.js';

// verify/ needs Terraform, and has a configuration of its own.
export default { ...base, roots: ['<rootDir>/src', '<rootDir>/test'] };
