import base from '../../jest.config.base.js';

export default { ...base, reporters: ['default', './scripts/shown-by-reporter.ts'] };
