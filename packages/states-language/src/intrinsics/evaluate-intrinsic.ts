import type { JsonValue } from '../json.ts';
import type { Path } from '../json-path/path.ts';
import { functions } from './functions.ts';
import type { Argument, Call, Chance } from './intrinsic.ts';

/** Evaluates a call. Paths are read by the caller, who knows input, context object and variables. */
export function evaluateIntrinsic(
  call: Call,
  readPath: (path: Path) => JsonValue,
  chance: Chance,
): JsonValue {
  const read = (argument: Argument): JsonValue => {
    switch (argument.kind) {
      case 'value':
        return argument.value;
      case 'text':
        return argument.text.join('{}');
      case 'path':
        return readPath(argument.path);
      case 'call':
        return evaluateIntrinsic(argument.call, readPath, chance);
    }
  };
  const known = functions[call.name];
  if (known === undefined) throw new Error(`${call.name} was parsed, and isn't known`);
  const [first] = call.arguments;
  // An escaped brace is ordinary, so the parts of a written format are known to the parser only.
  const format = first?.kind === 'text' ? first.text : undefined;
  return known.evaluate(call.arguments.map(read), chance, format);
}
