import ts from 'typescript';

/** The files of dependencies, which don't change. Several programs with the same options share each. */
const parsed = new Map<string, ts.SourceFile>();
const isInstalled = (file: string) => file.includes('/node_modules/.pnpm/');

/**
 * Compiles files of TypeScript, and writes JavaScript beside them unless an option says otherwise. It checks the files and
 * all that they import, except what is installed in this repository.
 *
 * @returns what TypeScript reports; nothing if all is well
 */
export function compileTypeScript(files: string[], options: ts.CompilerOptions): string[] {
  const host = ts.createCompilerHost(options);
  const readFile = host.getSourceFile;
  host.getSourceFile = (file, ...how) => {
    if (!isInstalled(file)) return readFile(file, ...how);
    const key = JSON.stringify([file, options]);
    const known = parsed.get(key) ?? readFile(file, ...how);
    if (known) parsed.set(key, known);
    return known;
  };
  const program = ts.createProgram(files, options, host);
  const checked = program.getSourceFiles().filter(({ fileName }) => !isInstalled(fileName));
  // File by file, because to emit all at once checks what is installed as well.
  for (const file of checked) if (!file.isDeclarationFile) program.emit(file);
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** The options of a consumer on Node.js, whose types are checked in full. */
export const ofConsumer: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  skipLibCheck: false,
  types: [],
};
