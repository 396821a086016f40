/** The JSON path of a field: `$.value`, or `$["line items"]` where the name isn't an identifier. */
export function pathOfField(path: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
