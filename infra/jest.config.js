import base from '@orders/jest';

export default {
  ...base,
  // verify/ needs Terraform, and has a configuration of its own.
  roots: ['<rootDir>/src', '<rootDir>/test'],
};
