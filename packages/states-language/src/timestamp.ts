const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * The milliseconds since 1970 of a timestamp such as `2026-01-31T12:00:00Z`. A text of another form, without an
 * offset, or of a day that doesn't exist has none.
 */
export function parseTimestamp(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = rfc3339.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > lastDay) return undefined;
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second || 0) > 59) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
