import {
  type Assertion,
  CharSet,
  type Concatenation,
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

/** Thrown where a pattern can't be made an automaton: a backreference, a boundary inside a loop, too large. */
export class UndecidedPatternError extends Error {}

/** What a string has to be: what it matches, what it doesn't, how long it is (in code points), which it isn't. */
export interface StringLimits {
  patterns: string[];
  notPatterns: string[];
  minLength: number;
  /** `Infinity` for no bound. */
  maxLength: number;
  notStrings: string[];
}

const maxCharacter = 0x10ffff;
const everything = CharSet.all(maxCharacter);
const maxNodes = 20_000;
const maxSteps = 300_000;

/** Characters in the order in which an example uses them: the readable ones first. */
const readable = [
  ...'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:/@#!?+*=,;&%$~ ()[]{}<>|^`\'"\\',
].map((character) => character.codePointAt(0) as number);

/**
 * A string within the limits, or `undefined` when there provably is none.
 *
 * @throws {UndecidedPatternError} where it can't be decided.
 */
export function findString(limits: StringLimits): string | undefined {
  if (limits.minLength > limits.maxLength) return undefined;
  return undecidedOnThrow(() => {
    const automata = [
      ...limits.patterns.map(automatonOf),
      ...limits.notPatterns.map((pattern) => complement(automatonOf(pattern))),
    ];
    if (limits.notStrings.length > 0) automata.push(complement(automatonOfStrings(limits.notStrings)));
    const all = intersectionOf(automata);
    // An example that isn't empty reads better.
    const readableMin = Math.max(limits.minLength, 1);
    return (
      findWord(all, readableMin, limits.maxLength) ??
      (limits.minLength === 0 ? findWord(all, 0, 0) : undefined)
    );
  });
}

const intersectionOf = (automata: DFA[]): DFA =>
  automata.reduce(
    (left, right) => DFA.fromIntersection(left, right, new DFA.LimitedNodeFactory(maxNodes)),
    DFA.all({ maxCharacter }),
  );

/** How many lengths a guess is made of. */
const guesses = 10;

/**
 * Strings that may be within limits which {@link findString} can't decide, as if a pattern that is no automaton made no
 * demand by its assertions. Some of them may not be, and that there are none says nothing.
 */
export function guessStrings(limits: StringLimits): string[] {
  try {
    const automata = [
      ...limits.patterns.map((pattern) => exactly(pattern) ?? roughAutomatonOf(pattern)),
      ...limits.notPatterns.flatMap((pattern) => exactly(pattern) ?? []).map(complement),
    ];
    const all = intersectionOf(automata);
    const lengths = Array.from({ length: guesses }, (_, more) => limits.minLength + more);
    return lengths.flatMap((length) =>
      length > limits.maxLength ? [] : (findWord(all, length, length) ?? []),
    );
  } catch {
    return [];
  }
}

function exactly(pattern: string): DFA | undefined {
  try {
    return automatonOf(pattern);
  } catch {
    return undefined;
  }
}

/** The strings that a pattern matches from start to end if all of its assertions hold. */
function roughAutomatonOf(pattern: string): DFA {
  const literal = { source: pattern, flags: 'u' };
  const { expression } = JS.Parser.fromLiteral(literal).parse({
    backreferences: 'disable',
    assertions: 'ignore',
  });
  const nfa = NFA.fromRegex(expression, { maxCharacter }, {}, new NFA.LimitedNodeFactory(maxNodes));
  return DFA.fromFA(nfa, new DFA.LimitedNodeFactory(maxNodes));
}

function undecidedOnThrow<T>(decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    throw new UndecidedPatternError((error as Error).message, { cause: error });
  }
}

const automatonByPattern = new Map<string, DFA>();

/** The strings in which JavaScript's `new RegExp(pattern, 'u')` finds a match. */
function automatonOf(pattern: string): DFA {
  const known = automatonByPattern.get(pattern);
  if (known) return known;
  const literal = { source: pattern, flags: 'u' };
  const { expression } = JS.Parser.fromLiteral(literal).parse({ backreferences: 'throw', maxNodes });
  const alternatives = distributeAssertions(expression.alternatives).flatMap((alternative) => {
    // A pattern matches anywhere in the string, so anything may stand before and after it.
    const elements = applyEdges([anything(), ...alternative, anything()]);
    // The transformers change what they are given, and alternatives share elements, so each gets its own.
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

function automatonOfStrings(strings: string[]): DFA {
  const words = strings.map((string) => [...string].map((character) => character.codePointAt(0) as number));
  return DFA.fromWords(words, { maxCharacter });
}

function complement(automaton: DFA): DFA {
  const copy = automaton.copy();
  copy.complement();
  return copy;
}

const anything = (): NoParent<Quantifier> => ({
  type: 'Quantifier',
  min: 0,
  max: Number.POSITIVE_INFINITY,
  lazy: false,
  alternatives: [{ type: 'Concatenation', elements: [{ type: 'CharacterClass', characters: everything }] }],
});

/** Takes groups that hold a `^`, `$`, `\b` or lookaround apart: `(^a|b)c` becomes `^ac` and `bc`. */
function distributeAssertions(alternatives: NoParent<Concatenation>[]): NoParent<Element>[][] {
  return alternatives.flatMap((alternative) => {
    let results: NoParent<Element>[][] = [[]];
    for (const element of alternative.elements) {
      const choices =
        element.type === 'Alternation' && hasAssertion(element)
          ? distributeAssertions(element.alternatives)
          : [[element]];
      results = results.flatMap((result) => choices.map((choice) => [...result, ...choice]));
      if (results.length > 500) throw new Error('too many alternatives with assertions');
    }
    return results;
  });
}

function clone(element: NoParent<Element>): NoParent<Element> {
  if (!('alternatives' in element)) return { ...element };
  const alternatives = element.alternatives.map((one) => ({ ...one, elements: one.elements.map(clone) }));
  return { ...element, alternatives } as NoParent<Element>;
}

function hasAssertion(element: NoParent<Element>): boolean {
  if (element.type === 'Assertion') return true;
  if (!('alternatives' in element)) return false;
  return element.alternatives.some((alternative) => alternative.elements.some(hasAssertion));
}

/** Applies `^` and `$`: what stands before the start, or after the end, must match nothing. */
function applyEdges(elements: NoParent<Element>[]): NoParent<Element>[] | undefined {
  const start = elements.findLastIndex((element) => isEdge(element, 'behind'));
  const end = elements.findIndex((element) => isEdge(element, 'ahead'));
  const before = start < 0 ? [] : elements.slice(0, start);
  const after = end < 0 ? [] : elements.slice(end + 1);
  const outside = [...before, ...after].filter(
    (element) => !isEdge(element, 'behind') && !isEdge(element, 'ahead'),
  );
  if (outside.some(hasAssertion)) throw new Error('an assertion beyond the edge of the string');
  if (!outside.every(mayBeEmpty)) return undefined;
  if (start < 0 || end < 0 || start < end) {
    return elements.slice(Math.max(start, 0), end < 0 ? undefined : end + 1);
  }
  // `$^`: both edges at one place, so the string is empty, and nothing between them may be needed.
  return [];
}

const isEdge = (element: NoParent<Element>, kind: Assertion['kind']): boolean =>
  element.type === 'Assertion' &&
  element.kind === kind &&
  element.negate &&
  element.alternatives.length === 1 &&
  element.alternatives[0]?.elements.length === 1 &&
  element.alternatives[0].elements[0]?.type === 'CharacterClass' &&
  element.alternatives[0].elements[0].characters.isAll;

/** An assertion that is left at an edge looks past the start or the end of the string, where there is nothing. */
function settleEdges(
  { elements }: NoParent<Concatenation>,
  edges: Assertion['kind'][] = ['behind', 'ahead'],
): NoParent<Concatenation> | undefined {
  let rest = elements;
  for (const kind of edges) {
    const at = kind === 'behind' ? 0 : -1;
    for (let edge = rest.at(at); edge?.type === 'Assertion' && edge.kind === kind; edge = rest.at(at)) {
      if (edge.alternatives.some((one) => one.elements.every(mayBeEmpty)))
        throw new Error('an empty lookaround');
      if (!edge.negate) return undefined;
      rest = at === 0 ? rest.slice(1) : rest.slice(0, -1);
    }
    const edge = rest.at(at);
    if (edge?.type === 'Alternation') {
      const settled = {
        ...edge,
        alternatives: edge.alternatives.flatMap((one) => settleEdges(one, [kind]) ?? []),
      };
      rest = at === 0 ? [settled, ...rest.slice(1)] : [...rest.slice(0, -1), settled];
    }
  }
  return { type: 'Concatenation', elements: rest };
}

function mayBeEmpty(element: NoParent<Element>): boolean {
  if (element.type === 'Assertion') return true;
  if (element.type === 'Quantifier' && element.min === 0) return true;
  if (!('alternatives' in element)) return false;
  return element.alternatives.some((one) => one.elements.every(mayBeEmpty));
}

/** A shortest word of the automaton with a length in the range: the states that are reachable, length by length. */
function findWord(automaton: DFA, minLength: number, maxLength: number): string | undefined {
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
