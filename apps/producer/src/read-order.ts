import { type FieldError, Problem } from '@orders/function';
import { LosslessNumber } from 'lossless-json';
import { exactNumber, parseJson, type Repeated } from './exact-json.ts';
import { invalidOrder } from './invalid-order.ts';
import { maxBodyBytes, problems } from './operations.ts';
import { type Order, orderFields, type UncheckedOrder } from './order.ts';
import type { Request } from './request.ts';

const fields = Object.keys(orderFields) as (keyof Order)[];
/** Listed where it is needed: an Intl.ListFormat takes a new environment 25 ms at its start. */
const requiredFields = () =>
  new Intl.ListFormat('en-GB').format(fields.filter((field) => orderFields[field] === 'required'));

/** Reads the order of `?category=…&location=…&value=…`. */
export function orderFromQuery({ rawQueryString }: Request): UncheckedOrder {
  const query = new URLSearchParams(rawQueryString);
  const repeated = fields.flatMap((field) => {
    const values = query.getAll(field);
    return values.length < 2 ? [] : [{ field, values: values.slice(0, 2) }];
  });
  if (repeated.length > 0) throw invalidOrder(repeated.map(repetition));

  const entries = fields.flatMap((field) => {
    const text = query.get(field);
    return text === null ? [] : [[field, field === 'value' ? numberOrText(text) : text]];
  });
  return withExactNumbers(Object.fromEntries(entries));
}

/** Takes the numbers that JSON takes. The contract refuses any other text in its own words. */
const numberOrText = (text: string) =>
  /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? exactNumber(text) : text;

/** Reads the order of a JSON body: `{ "category": …, "location": …, "value": … }`. */
export function orderFromBody({ body, isBase64Encoded }: Request): UncheckedOrder {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new Problem(problems.tooLong, `The body has ${bytes.length} bytes; allowed are ${maxBodyBytes}.`);
  }
  const text = bytes.toString('utf8');
  const { value: order, repeated } = parseBody(text);
  if (
    typeof order !== 'object' ||
    order === null ||
    Array.isArray(order) ||
    order instanceof LosslessNumber
  ) {
    throw new Problem(
      problems.invalid,
      `The body must be an object with ${requiredFields()}; received ${text.slice(0, 60)}.`,
    );
  }
  if (repeated.length > 0) throw invalidOrder(repeated.slice(0, 10).map(repetition));
  return withExactNumbers(order);
}

function parseBody(text: string) {
  try {
    return parseJson(text);
  } catch (cause) {
    const received = text === '' ? 'nothing' : JSON.stringify(text.slice(0, 60));
    const detail =
      cause instanceof RangeError
        ? 'The body is nested too deeply; an order has no levels.'
        : `The body must be JSON, an object with ${requiredFields()}; received ${received}.`;
    throw new Problem(problems.invalid, detail, { cause });
  }
}

const repetition = ({ field, values }: Repeated): FieldError => ({
  field: short(field),
  received: values.map((value) => short(JSON.stringify(value))).join(' and '),
  allowed: 'one value',
});

/** @throws {Problem} if a field is or has a number that would be changed, however deep */
function withExactNumbers(order: object): UncheckedOrder {
  const errors = Object.entries(order).flatMap(([field, value]): FieldError[] => {
    const inexact = findInexact(value);
    return inexact
      ? [
          {
            field: short(field),
            received: short(inexact.value),
            allowed: 'a number that a double-precision float keeps in every digit, such as 19.99',
          },
        ]
      : [];
  });
  if (errors.length > 0) throw invalidOrder(errors.slice(0, 10));
  return order;
}

function findInexact(value: unknown): LosslessNumber | undefined {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (next instanceof LosslessNumber) return next;
    if (typeof next === 'object' && next !== null) left.push(...Object.values(next));
  }
  return undefined;
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
