/**
 * Whether a text matches a pattern of `StringMatches`: `*` matches any characters, `\*` a star, `\\` a
 * backslash. Takes time in proportion to both lengths, whatever the pattern.
 */
export function matchesWildcards(text: string, pattern: string): boolean {
  const tokens = [...pattern.matchAll(/\\([*\\])|([\s\S])/g)].map(([, escaped, plain]) => ({
    any: plain === '*',
    character: escaped ?? plain,
  }));
  let at = 0;
  let token = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const next = tokens[token];
    if (next?.any) {
      star = token++;
      resumeAt = at;
    } else if (next !== undefined && next.character === text[at]) {
      token++;
      at++;
    } else if (star >= 0) {
      // The last star takes one character more.
      token = star + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every(({ any }) => any);
}
