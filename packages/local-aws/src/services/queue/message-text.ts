import { invalidParameter, sqsError } from './sqs-error.ts';

/** The characters that XML can't hold. XML was SQS's first format. */
const forbiddenCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const problemOf = (text: string): string | undefined => {
  const character = forbiddenCharacter.exec(text)?.[0].codePointAt(0);
  if (character === undefined) return undefined;
  return `the character U+${character.toString(16).toUpperCase().padStart(4, '0')}, which SQS doesn't take.`;
};

/** @throws {AwsError} for a body with a character that SQS doesn't take */
export function checkBody(body: string): void {
  const problem = problemOf(body);
  if (problem !== undefined) throw sqsError('InvalidMessageContents', `The message has ${problem}`);
}

/** @throws {AwsError} for the text of a message attribute with a character that SQS doesn't take */
export function checkAttributeText(name: string, value: string): void {
  const problem = problemOf(value);
  if (problem !== undefined) throw invalidParameter(`Message (user) attribute '${name}' has ${problem}`);
}
