import { jest } from '@jest/globals';

// The first run downloads the AWS provider.
jest.setTimeout(300_000);
