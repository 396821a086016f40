import base from '@orders/jest';

export default { ...base, reporters: ['default', './scripts/shown-by-reporter.ts'] };
