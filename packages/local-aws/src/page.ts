/**
 * A page of a list. Its token is how many items are before it.
 *
 * @param token that of the page, as the page before gave it; left out for the first one
 * @returns undefined for a token that no page gave
 */
export function pageOf<T>(
  items: readonly T[],
  size: number,
  token: string | undefined,
): { page: readonly T[]; nextToken: string | undefined } | undefined {
  const decoded = token === undefined ? '0' : Buffer.from(token, 'base64').toString();
  const from = /^\d+$/.test(decoded) ? Number(decoded) : Number.NaN;
  // Compares false with what isn't a number.
  if (!(from <= items.length)) return undefined;
  const to = from + size;
  return {
    page: items.slice(from, to),
    nextToken: to < items.length ? Buffer.from(String(to)).toString('base64') : undefined,
  };
}
