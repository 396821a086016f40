/** A value of the environment or of the table of stages that isn't allowed: what was received, and what is allowed. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}
