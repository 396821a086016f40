/** A setting of the environment that can't be: what was received, and what is allowed. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}
