import { fastFormats } from 'ajv-formats/dist/formats.js';
import { regexes } from 'zod/v4/core';

/**
 * The formats of strings that a schema may use, each as a regular expression: a parser tests it, and the comparison of
 * schemas decides it like a `pattern`. A time is in upper case and without leap seconds.
 */
export const formats: Readonly<Record<string, RegExp>> = {
  date: regexes.date,
  'date-time': regexes.datetime({ offset: true }),
  email: regexes.html5Email,
  ipv4: regexes.ipv4,
  ipv6: regexes.ipv6,
  uri: fastFormats.uri as RegExp,
  uuid: regexes.guid,
};
