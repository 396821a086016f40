import { eventSchema } from '@orders/contract/event-schemas';
import { checkPattern } from '@orders/event-pattern/can-match';
import { type Command, UsageError } from './command.ts';
import { readFolder } from './contract.ts';
import { formatNames } from './find-rules.ts';
import { readPatterns } from './read-patterns.ts';

/** `check <pattern…>`: 0 if each pattern can match, 1 if one has a fault. */
export const check: Command = {
  usage: 'check <pattern…>',
  summary: 'Checks that patterns can match an event of the contract',
  help: `
  <pattern…>  files, or - for the standard input. A file has
${formatNames.map((name) => `              - ${name}`).join('\n')}
              A folder such as cdk.out has the templates in it.

EventBridge takes a pattern that can never match, and the rule stays silent. Rules of the default bus aren't checked.
A value that only the deployment knows, such as !Ref or \${var.name}, may be anything.`,
  options: {},
  async run(files, _, context) {
    if (files.length === 0) throw new UsageError('received no pattern; allowed is at least one file');
    const all = await readPatterns(files, context);
    const patterns = all.filter(({ isOfDefaultBus }) => !isOfDefaultBus);
    const ofDefaultBus = all.filter(({ isOfDefaultBus }) => isOfDefaultBus).map(({ name }) => name);
    if (patterns.length === 0) {
      throw new UsageError(
        `${files.join(', ')}: received ${all.length === 0 ? 'no rule' : 'only rules of the default bus'}; allowed are ` +
          'files with a pattern, or with rules of another bus',
      );
    }
    const events = readFolder(context.schemasDir).map(eventSchema);
    const results = patterns.map(({ name, file, parse }) => ({
      rule: name,
      file,
      faults: checkPattern(parse(), events),
    }));
    return {
      isFine: results.every(({ faults }) => faults.length === 0),
      lines: [
        ...results.flatMap(({ rule, faults }) =>
          faults.length === 0 ? [`✓ ${rule} can match`] : faults.map((fault) => `✗ ${rule} ${fault}`),
        ),
        ...ofDefaultBus.map((name) => `- ${name} isn't checked: it is a rule of the default bus`),
      ],
      data: { rules: results, notChecked: ofDefaultBus },
    };
  },
};
