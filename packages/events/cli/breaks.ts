import { breaksBetween, type EventBreak } from '../scripts/event-breaks.ts';
import { type Command, takeExactly, UsageError } from './command.ts';
import { readFolder } from './contract.ts';

/** `breaks <old-folder> <new-folder>`: 0 if every event stays compatible, 1 if one breaks. */
export const breaks: Command = {
  usage: 'breaks <old-folder> <new-folder>',
  summary: 'Finds what breaks publishers or consumers between two folders of schemas',
  help: `
  <old-folder>  the schemas as they are, a *.json file for each event
  <new-folder>  the schemas as they will be

The x-compatibility of a schema says what it promises (FULL if absent). Each break has an event that shows it.`,
  options: {},
  async run(args) {
    const [oldFolder = '', newFolder = ''] = takeExactly(['<old-folder>', '<new-folder>'], args);
    const [before, after] = [readFolder(oldFolder), readFolder(newFolder)];
    const results = before.map(({ id, detailType, detail }) => {
      const is = after.find((event) => event.id === id);
      const was = { name: 'of the old folder', file: `${oldFolder}/${id}.json`, schema: detail };
      const gone = { text: `${detailType}: the new folder has no ${id}.json, and consumers read the event` };
      const found: EventBreak[] = is
        ? compared(() =>
            breaksBetween(detailType, was, {
              name: 'the new schema',
              file: `${newFolder}/${id}.json`,
              schema: is.detail,
            }),
          )
        : [gone];
      return { event: detailType, breaks: found };
    });
    return {
      isFine: results.every(({ breaks }) => breaks.length === 0),
      lines: results.flatMap(({ event, breaks }) =>
        breaks.length === 0 ? [`✓ ${event} is compatible`] : breaks.map(({ text }) => `✗ ${text}`),
      ),
      data: { events: results },
    };
  },
};

/** An unknown mode in a schema is the caller's to mend. */
function compared(compare: () => EventBreak[]): EventBreak[] {
  try {
    return compare();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
