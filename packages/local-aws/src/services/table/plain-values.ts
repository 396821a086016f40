import { isObject } from '../../json.ts';

/** DynamoDB's typed values as plain ones, for reading: `{ S: 'a' }` is `'a'`. */
export const plain = (item: unknown): unknown =>
  isObject(item)
    ? Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]))
    : item;

function plainValue(value: unknown): unknown {
  const [type, content] = isObject(value) ? (Object.entries(value)[0] ?? []) : [];
  if (type === 'N') return Number(content);
  if (type === 'NULL') return null;
  if (type === 'M') return plain(content);
  if (type === 'L' && Array.isArray(content)) return content.map(plainValue);
  if (type === 'NS' && Array.isArray(content)) return content.map(Number);
  return content;
}
