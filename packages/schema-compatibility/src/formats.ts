import { regexes } from 'zod/v4/core';

/**
 * The formats of strings that a schema may use, each as a regular expression without flags. A parser tests it, and the
 * comparison of schemas decides it like a `pattern`. A time is in upper case and without leap seconds.
 */
export const formats: Readonly<Record<string, RegExp>> = {
  date: regexes.date,
  'date-time': regexes.datetime({ offset: true }),
  email: regexes.html5Email,
  ipv4: regexes.ipv4,
  ipv6: regexes.ipv6,
  // A scheme, and the characters of RFC 3986.
  uri: /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/,
  uuid: regexes.guid,
};
