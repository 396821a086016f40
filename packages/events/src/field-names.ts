/** Whether a field is one of some paths. The path `labels.*` stands for all fields inside `labels`. */
export const isFieldOf = (paths: readonly string[], field: string): boolean =>
  paths.includes(field) || paths.some((path) => path.endsWith('*') && field.startsWith(path.slice(0, -1)));
