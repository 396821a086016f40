import { invalidFilterPattern, type LineMatcher, readRegex } from './filter-parts.ts';
import { parseJsonFilter } from './json-filter.ts';

/** The longest pattern that CloudWatch Logs takes. */
const maxLength = 1_024;

/**
 * Reads a filter pattern: terms, a regular expression between `%`, or a condition on JSON in braces. Matching is case
 * sensitive, and a term may be a part of a word.
 *
 * @throws {AwsError} for a pattern that CloudWatch Logs refuses, and for one of space-delimited fields, `[a, b]`
 */
export function parseFilterPattern(pattern: string): LineMatcher {
  const text = pattern.trim();
  if (text.length > maxLength)
    throw invalidFilterPattern(`it has ${text.length} characters; ${maxLength} are allowed`);
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonFilter(text);
  if (text.startsWith('[')) {
    throw invalidFilterPattern(
      "the local run doesn't know patterns of space-delimited fields. Use terms, or a condition on JSON",
    );
  }
  return parseTerms(text);
}

/** A term: with `?`, one of several; with `-`, one that must not be there; and its text, a phrase or an expression. */
const term = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]*)%|([^\s"%]+))(?=\s|$)/y;
/** What a term without quotes may have. */
const plainTerm = /^[\w.:=@/#;,*-]+$/;

function parseTerms(text: string): LineMatcher {
  const required: LineMatcher[] = [];
  const optional: LineMatcher[] = [];
  term.lastIndex = 0;
  while (term.lastIndex < text.length) {
    const at = term.lastIndex;
    const found = term.exec(text);
    if (!found)
      throw invalidFilterPattern(`nothing is known that looks like ${JSON.stringify(text.slice(at).trim())}`);
    const [, sign, phrase, regex, plain] = found;
    if (plain !== undefined && !plainTerm.test(plain)) {
      throw invalidFilterPattern(
        `the term ${plain} has to be in double quotes, as it isn't made of letters and digits`,
      );
    }
    const matches = matcherOf(phrase?.replaceAll(/\\(.)/g, '$1') ?? plain, regex);
    if (sign === '?') optional.push(matches);
    else required.push(sign === '-' ? (line) => !matches(line) : matches);
  }
  // As the guide has it, terms with `?` are ignored beside others.
  if (required.length > 0) return (line) => required.every((matches) => matches(line));
  return (line) => optional.some((matches) => matches(line));
}

function matcherOf(text: string | undefined, regex: string | undefined): LineMatcher {
  if (regex === undefined) return (line) => line.includes(text ?? '');
  const expression = readRegex(regex);
  return (line) => expression.test(line);
}
