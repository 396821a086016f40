import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { isObject, type JsonObject } from './json.ts';
import type { Parameters, ServiceOperations } from './operation.ts';

/** The folder that tests report to which parameters they have shown; `scripts/shown-by-reporter.ts` sets it. */
const folder = process.env.SHOWN_BY_FOLDER;

/**
 * Makes operations report, in a run that asks for it, which parameters a test sends them. One that is refused isn't
 * reported: it shows nothing.
 */
export const shown = (service: ServiceOperations): ServiceOperations =>
  folder === undefined
    ? service
    : {
        ...service,
        operations: Object.fromEntries(
          Object.entries(service.operations).map(([name, operation]) => [
            name,
            {
              ...operation,
              async run(input, call) {
                const output = await operation.run(input, call);
                report(folder, [
                  `${service.action}:${name}`,
                  ...pathsOf(input, operation.parameters, `${service.action}:${name}`),
                ]);
                return output;
              },
            },
          ]),
        ),
      };

/** `sqs:SendMessageBatch`, `sqs:SendMessageBatch.Entries`, `sqs:SendMessageBatch.Entries.Id` */
const pathsOf = (input: JsonObject, parameters: Parameters, at: string): string[] =>
  Object.entries(input).flatMap(([name, value]) => {
    const { items } = parameters[name] ?? {};
    const inside = items ? [value].flat().filter(isObject) : [];
    return [`${at}.${name}`, ...inside.flatMap((item) => pathsOf(item, items ?? {}, `${at}.${name}`))];
  });

function report(into: string, paths: readonly string[]): void {
  const { currentTestName: test, testPath: file } = expect.getState();
  const lines = paths.map((path) => `${JSON.stringify({ path, file, test })}\n`);
  appendFileSync(join(into, `${process.pid}.jsonl`), lines.join(''));
}
