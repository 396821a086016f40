import { writeFileSync } from 'node:fs';
import { renderSupported } from '../test/supported/document.ts';

writeFileSync(new URL('../../../docs/states-language.md', import.meta.url), renderSupported());
