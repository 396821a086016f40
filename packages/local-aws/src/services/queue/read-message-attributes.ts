import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { MessageAttribute, MessageAttributes } from './message-attributes.ts';
import { checkAttributeText } from './message-text.ts';
import { invalidParameter } from './sqs-error.ts';

const maxAttributes = 10;
/** The longest name, and the longest type, in characters. */
const maxNameLength = 256;
/** SQS takes Latin letters with diacritics as well, which its guide doesn't mention. */
const namePattern = /^[\w.\-\u00C0-\u017F]+$/;
const typePattern = /^(String|Number|Binary)(\.[\w.-]+)?$/;
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Reads the attributes that a sender gives a message.
 *
 * @throws {AwsError} for a number, a name, a type or a value that SQS doesn't take
 */
export function readMessageAttributes(given: JsonObject): MessageAttributes {
  const attributes = Object.entries(given);
  if (attributes.length > maxAttributes) {
    throw invalidParameter(
      `Number of message attributes [${attributes.length}] exceeds the allowed maximum [${maxAttributes}].`,
    );
  }
  return Object.fromEntries(
    attributes.map(([name, attribute]) => {
      checkName(name);
      return [name, readAttribute(name, attribute)];
    }),
  );
}

function checkName(name: string): void {
  if (name.length > maxNameLength) {
    throw invalidParameter(
      `Message (user) attribute names must be shorter than 256 Bytes. Received one of ${name.length} characters.`,
    );
  }
  const got = `Received ${JSON.stringify(name)}.`;
  if (!namePattern.test(name)) {
    throw invalidParameter(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and ' +
        `underscores. ${got}`,
    );
  }
  if (/^(aws|amazon)?\.|\.$|\.\./i.test(name)) {
    throw invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for " +
        `internal use. Additionally, they cannot start or end with '.', and no '.' can follow another. ${got}`,
    );
  }
}

function readAttribute(name: string, attribute: JsonValue): MessageAttribute {
  const {
    DataType = '',
    StringValue = '',
    BinaryValue = '',
    ...others
  } = isObject(attribute) ? attribute : {};
  if (typeof DataType !== 'string' || !typePattern.test(DataType) || DataType.length > maxNameLength) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type ` +
        `prefixes: Binary, Number, String. A label of letters, digits, '_', '-' and '.' may follow behind a '.'. ` +
        `Received ${JSON.stringify(DataType).slice(0, maxNameLength)}.`,
    );
  }
  const [type = ''] = DataType.split('.');
  const value = type === 'Binary' ? BinaryValue : StringValue;
  const other = type === 'Binary' ? StringValue : BinaryValue;
  if (typeof value !== 'string' || value === '' || other !== '' || Object.keys(others).length > 0) {
    throw invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${type}'. ` +
        `Received ${JSON.stringify(attribute).slice(0, maxNameLength)}.`,
    );
  }
  if (type === 'Binary') return { DataType, BinaryValue: value };
  checkAttributeText(name, value);
  if (type === 'Number' && !numberPattern.test(value)) {
    throw invalidParameter(
      `Can't cast the value of message (user) attribute '${name}' to a number. Received "${value}".`,
    );
  }
  return { DataType, StringValue: value };
}
