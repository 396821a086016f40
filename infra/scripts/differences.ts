/** Where two values differ, as `bus/archive.retention_days: 14, not 90`. */
export function differences(actual: unknown, expected: unknown, place = ''): string[] {
  const areObjects = [actual, expected].every((value) => typeof value === 'object' && value !== null);
  if (!areObjects)
    return Object.is(actual, expected) ? [] : [`${place}: ${show(actual)}, not ${show(expected)}`];
  const [here, there] = [actual, expected] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(here ?? {}), ...Object.keys(there ?? {})]);
  return [...keys].flatMap((key) =>
    differences(here?.[key], there?.[key], place === '' ? key : `${place}.${key}`),
  );
}

const show = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value));
