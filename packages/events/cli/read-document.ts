import { readFileSync } from 'node:fs';
import { type Node, parseDocument, visit } from 'yaml';
import { type Context, UsageError } from './command.ts';

/**
 * Reads a file of JSON or YAML. YAML may have the tags of CloudFormation, such as `!Ref`: they become what their long form
 * is, `{ Ref: … }`.
 *
 * @param file its path, or `-` for the standard input
 * @throws {UsageError} that names the file, for one that can't be read
 */
export async function readDocument(file: string, context: Context): Promise<unknown> {
  const text = await readText(file, context);
  if (/\.tf$/.test(file)) {
    throw new UsageError(
      `${file}: received Terraform's own language; allowed is JSON, as \`terraform show -json <plan>\` prints it`,
    );
  }
  if (/\.(ya?ml|template)$/.test(file)) return parseYaml(file, text);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // What comes by the standard input has no ending that says what it is.
    if (file === '-' && !/^\s*[[{]/.test(text)) return parseYaml('standard input', text);
    throw new UsageError(`${nameOf(file)}: not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** What messages call a file. */
export const nameOf = (file: string) => (file === '-' ? 'standard input' : file);

async function readText(file: string, { readStdin }: Context): Promise<string> {
  if (file === '-') return readStdin();
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: can't be read: ${(error as Error).message}`, { cause: error });
  }
}

function parseYaml(name: string, text: string): unknown {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault) throw new UsageError(`${name}: not YAML: ${fault.message}`, { cause: fault });
  visit(document, {
    Node: (_, node) => {
      const tag = (node as Node).tag;
      if (!tag?.startsWith('!')) return undefined;
      const short = tag.slice(1);
      const long = short === 'Ref' || short === 'Condition' ? short : `Fn::${short}`;
      return document.createNode({ [long]: (node as Node).toJS(document) });
    },
  });
  return document.toJS() as unknown;
}
