/** A piece of the stack that the local run can't take, with the place where it stands. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}
