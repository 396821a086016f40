/** The folder for a state can't be used. */
export class StateError extends Error {
  override readonly name = 'StateError';
}
