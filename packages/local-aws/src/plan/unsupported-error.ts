/** The local run can't take a part of the stack. The message has its address. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}
