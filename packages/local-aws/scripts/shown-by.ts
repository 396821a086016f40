import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Parameters, ServiceOperations } from '../src/operation.ts';

/** The test that shows each operation and parameter, `sqs:SendMessage.DelaySeconds`. */
export type ShownBy = Readonly<Record<string, string>>;

const file = join(import.meta.dirname, 'shown-by.json');

export const readShownBy = (): ShownBy => JSON.parse(readFileSync(file, 'utf8')) as ShownBy;
export const writeShownBy = (shownBy: ShownBy): void =>
  writeFileSync(file, `${JSON.stringify(shownBy, null, 2)}\n`);

/** Every operation and parameter, as {@link ShownBy} calls them. */
export const operationPaths = (services: readonly ServiceOperations[]): string[] =>
  services
    .flatMap(({ action, operations }) =>
      Object.entries(operations).flatMap(([name, { parameters }]) => [
        `${action}:${name}`,
        ...parameterPaths(parameters, `${action}:${name}`),
      ]),
    )
    .sort();

const parameterPaths = (parameters: Parameters, at: string): string[] =>
  Object.entries(parameters).flatMap(([name, { items }]) => [
    `${at}.${name}`,
    ...(items ? parameterPaths(items, `${at}.${name}`) : []),
  ]);
