import {
  CharSet,
  combineTransformers,
  DFA,
  type Element,
  JS,
  NFA,
  type NoParent,
  type Quantifier,
  Transformers,
  transform,
} from 'refa';
import { applyEdges, distributeAssertions, settleEdges } from './assertions.ts';

const maxCharacter = 0x10ffff;
const everything = CharSet.all(maxCharacter);
const maxNodes = 20_000;
const maxSteps = 300_000;

/** The order in which an example prefers characters: the readable ones first. */
const readable = [
  ...'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:/@#!?+*=,;&%$~ ()[]{}<>|^`\'"\\',
].map((character) => character.codePointAt(0) as number);

const automatonByPattern = new Map<string, DFA>();

/**
 * Accepts the strings in which JavaScript's `new RegExp(pattern, 'u')` finds a match.
 *
 * @throws an Error for a pattern that isn't regular (a backreference), has a boundary inside a loop, or is too large
 */
export function automatonOf(pattern: string): DFA {
  const known = automatonByPattern.get(pattern);
  if (known) return known;
  const literal = { source: pattern, flags: 'u' };
  const { expression } = JS.Parser.fromLiteral(literal).parse({ backreferences: 'throw', maxNodes });
  const alternatives = distributeAssertions(expression.alternatives).flatMap((alternative) => {
    // A pattern matches anywhere in the string, so anything may come before and after it.
    const elements = applyEdges([anything(), ...alternative, anything()]);
    // The transformers change their input, and alternatives share elements, so each gets copies.
    return elements ? [{ type: 'Concatenation' as const, elements: elements.map(clone) }] : [];
  });
  const applied = transform(
    combineTransformers([
      Transformers.inline(),
      Transformers.removeDeadBranches(),
      Transformers.applyAssertions(),
    ]),
    { type: 'Expression', alternatives },
    { maxPasses: 100 },
  );
  const settled = applied.alternatives.flatMap((alternative) => settleEdges(alternative) ?? []);
  const nfa = NFA.fromRegex(
    { type: 'Expression', alternatives: settled },
    { maxCharacter },
    { assertions: 'throw' },
    new NFA.LimitedNodeFactory(maxNodes),
  );
  const automaton = DFA.fromFA(nfa, new DFA.LimitedNodeFactory(maxNodes));
  automaton.minimize();
  automatonByPattern.set(pattern, automaton);
  return automaton;
}

export function automatonOfStrings(strings: string[]): DFA {
  const words = strings.map((string) => [...string].map((character) => character.codePointAt(0) as number));
  return DFA.fromWords(words, { maxCharacter });
}

const complements = new WeakMap<DFA, DFA>();

export function complement(automaton: DFA): DFA {
  const known = complements.get(automaton);
  if (known) return known;
  const copy = automaton.copy();
  copy.complement();
  complements.set(automaton, copy);
  return copy;
}

const anything = (): NoParent<Quantifier> => ({
  type: 'Quantifier',
  min: 0,
  max: Number.POSITIVE_INFINITY,
  lazy: false,
  alternatives: [{ type: 'Concatenation', elements: [{ type: 'CharacterClass', characters: everything }] }],
});

function clone(element: NoParent<Element>): NoParent<Element> {
  if (!('alternatives' in element)) return { ...element };
  const alternatives = element.alternatives.map((one) => ({ ...one, elements: one.elements.map(clone) }));
  return { ...element, alternatives } as NoParent<Element>;
}

/** Accepts the strings that a pattern matches from start to end, if all of its assertions hold. */
export function roughAutomatonOf(pattern: string): DFA {
  const literal = { source: pattern, flags: 'u' };
  const { expression } = JS.Parser.fromLiteral(literal).parse({
    backreferences: 'disable',
    assertions: 'ignore',
  });
  const nfa = NFA.fromRegex(expression, { maxCharacter }, {}, new NFA.LimitedNodeFactory(maxNodes));
  return DFA.fromFA(nfa, new DFA.LimitedNodeFactory(maxNodes));
}

export const intersectionOf = ([first = DFA.all({ maxCharacter }), ...others]: DFA[]): DFA =>
  others.reduce(
    (left, right) => DFA.fromIntersection(left, right, new DFA.LimitedNodeFactory(maxNodes)),
    first,
  );

/** A shortest word of the automaton with a length in the range. Looks at the reachable states, length by length. */
export function findWord(automaton: DFA, minLength: number, maxLength: number): string | undefined {
  type Step = { node: DFA.ReadonlyNode; character: number; from: Step | undefined };
  const states = automaton.countNodes();
  // Beyond the bound, a word of allowed length has a shorter one that ends in the same state.
  const last = Math.min(maxLength, minLength + states);
  let level = new Map<DFA.ReadonlyNode, Step>([
    [automaton.initial, { node: automaton.initial, character: 0, from: undefined }],
  ]);
  let steps = 0;
  for (let length = 0; length <= last && level.size > 0; length++) {
    if (length >= minLength) {
      for (const step of level.values()) {
        if (automaton.finals.has(step.node as DFA.Node)) return spell(step);
      }
    }
    const next = new Map<DFA.ReadonlyNode, Step>();
    for (const step of level.values()) {
      for (const [node, character] of successors(step.node)) {
        if (++steps > maxSteps) throw new Error('too many steps');
        if (!next.has(node)) next.set(node, { node, character, from: step });
      }
    }
    level = next;
  }
  return undefined;

  function spell(step: Step): string {
    const characters: number[] = [];
    for (let at: Step | undefined = step; at?.from; at = at.from) characters.push(at.character);
    return characters
      .reverse()
      .map((character) => String.fromCodePoint(character))
      .join('');
  }
}

/** The states after a state, each with the most readable character that leads to it. */
function successors(node: DFA.ReadonlyNode): Map<DFA.ReadonlyNode, number> {
  const found = new Map<DFA.ReadonlyNode, number>();
  for (const character of readable) {
    const to = node.out.get(character);
    if (to && !found.has(to)) found.set(to, character);
  }
  for (const [range, to] of node.out) if (!found.has(to)) found.set(to, range.min);
  return found;
}
