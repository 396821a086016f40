import base from '../jest.config.base.js';

export default {
  ...base,
  // verify/ needs Terraform, and has a configuration of its own.
  roots: ['<rootDir>/src', '<rootDir>/test'],
  // cdktf keeps a stack trace of every token. Jest maps each of its lines to the source, which takes a third of the time
  // of a synthesis.
  moduleNameMapper: { '^\\.{1,2}/(.*/)?stack-trace$': '<rootDir>/test/no-stack-trace.cjs' },
};
