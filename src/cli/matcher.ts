import { CommandError } from "./command-error.ts";
import { type Token, tokens, wholeTokens } from "./lexer.ts";
import { accepts, hint, type Part, type ValuePart, type WordPart } from "./syntax.ts";

/** A value that a command was given. */
export interface Argument {
  readonly name: string;
  readonly text: string;
  /** Where it is in the line. */
  readonly at: number;
}

/** Something with a syntax. */
export interface Syntax {
  readonly parts: readonly Part[];
}

/** A command, and what it was given. */
export interface Match<C extends Syntax> {
  readonly command: C;
  readonly arguments: readonly Argument[];
  /** The words, in full. */
  readonly words: readonly string[];
}

interface State<C extends Syntax> extends Match<C> {
  readonly rest: readonly Part[];
}

/** What can come next: a word or one of the words of a value, or a value; undefined = the end of the line. */
interface Step<C extends Syntax> {
  readonly state: State<C>;
  readonly atom: WordPart | ValuePart | undefined;
  readonly rest: readonly Part[];
}

/** What can be typed at a place of a line, and what it means. */
export interface Suggestion {
  readonly text: string;
  readonly help: string;
  /** Whether `text` is to be typed, and not a description of what is. */
  readonly isWord: boolean;
}

/** The end of a line, as `?` shows it. */
const END: Suggestion = { text: "<cr>", help: "Carries the command out.", isWord: false };

function* steps<C extends Syntax>(state: State<C>, parts = state.rest): Iterable<Step<C>> {
  const [first, ...rest] = parts;
  switch (first?.kind) {
    case undefined:
      yield { state, atom: undefined, rest: [] };
      break;
    case "word":
    case "value":
      yield { state, atom: first, rest };
      break;
    case "optional":
      yield* steps(state, [...first.parts, ...rest]);
      yield* steps(state, rest);
      break;
    case "choice":
      for (const alternative of first.alternatives) yield* steps(state, [...alternative, ...rest]);
      break;
    case "repeated":
      yield { state, atom: first.part, rest: parts };
      yield* steps(state, rest);
  }
}

const startOf = <C extends Syntax>(commands: readonly C[]): State<C>[] =>
  commands.map((command) => ({ command, arguments: [], words: [], rest: command.parts }));

const wordsOf = (atom: Step<Syntax>["atom"]): readonly { readonly name: string; readonly help: string }[] => {
  if (atom === undefined) return [];
  if (atom.kind === "word") return [{ name: atom.word, help: atom.help }];
  return atom.values.flatMap(({ words }) =>
    words.map(({ name, description }) => ({ name, help: description ?? atom.help })),
  );
};

const begins = (word: string, start: string): boolean => word.toLowerCase().startsWith(start.toLowerCase());

/** How words have to be spelt. */
export type Spelling = "whole" | "abbreviated";

/** States after one more word. Throws `CommandError` when it fits none. */
function after<C extends Syntax>(states: readonly State<C>[], token: Token, spelling: Spelling): State<C>[] {
  const next = states.flatMap((state) => [...steps(state)]);
  const word = token.isQuoted ? undefined : meantWord(next, token, spelling);
  if (word !== undefined) {
    return next.flatMap((step) =>
      wordsOf(step.atom).some(({ name }) => name === word) ? [taken(step, token, word)] : [],
    );
  }
  const values = next.filter(({ atom }) => atom?.kind === "value");
  const found = values.filter(({ atom }) => (atom as ValuePart).values.some((value) => accepts(value, token.text)));
  if (found.length > 0) return found.map((step) => taken(step, token, token.text));
  throw new CommandError(problem(next), token.start);
}

/** The one word that a token stands for; undefined = none. Throws `CommandError` when it may be several. */
function meantWord(next: readonly Step<Syntax>[], token: Token, spelling: Spelling): string | undefined {
  const words = new Set(next.flatMap(({ atom }) => wordsOf(atom)).map(({ name }) => name));
  const exact = [...words].find((word) => word.toLowerCase() === token.text.toLowerCase());
  if (exact !== undefined || spelling === "whole") return exact;
  const possible = [...words].filter((word) => begins(word, token.text));
  if (possible.length < 2) return possible[0];
  throw new CommandError(`Ambiguous command found at '^' position: ${possible.sort().join(", ")}.`, token.start);
}

function problem(next: readonly Step<Syntax>[]): string {
  if (next.some(({ atom }) => atom?.kind === "value")) {
    return `Wrong parameter found at '^' position: ${expected(next)}.`;
  }
  // A filter of output can always follow, and is not what anybody forgot.
  return next.every(({ atom }) => atom === undefined || (atom.kind === "word" && atom.word === "|"))
    ? "Too many parameters found at '^' position."
    : "Unrecognized command found at '^' position.";
}

function expected(next: readonly Step<Syntax>[]): string {
  const values = next.flatMap(({ atom }) => (atom?.kind === "value" ? atom.values : []));
  const hints = values.map((value) =>
    value.words.length > 0 ? value.words.map(({ name }) => name).join(", ") : hint(value),
  );
  return `${[...new Set(hints)].join(" or ")} expected`;
}

function taken<C extends Syntax>({ state, atom, rest }: Step<C>, token: Token, text: string): State<C> {
  if (atom?.kind !== "value") return { ...state, rest, words: [...state.words, text] };
  const argument = { name: atom.name, text, at: token.start };
  return { ...state, rest, arguments: [...state.arguments, argument] };
}

/** States after words of a line; `isOpen` = another one is being typed, so that a free text that they are in has no end. */
function afterAll<C extends Syntax>(
  commands: readonly C[],
  line: string,
  words: readonly Token[],
  { spelling, isOpen }: { readonly spelling: Spelling; readonly isOpen: boolean },
): readonly State<C>[] {
  let states = startOf(commands);
  for (const [index, token] of words.entries()) {
    const isText = isFreeText(states);
    if (isText && isOpen) return states;
    const text = isText ? restOfLine(line, words.slice(index)) : undefined;
    states = after(states, text ?? token, spelling);
    if (text !== undefined) return states;
  }
  return states;
}

const isFreeText = (states: readonly State<Syntax>[]): boolean =>
  states.flatMap((state) => [...steps(state)]).some(({ atom }) => atom?.kind === "value" && atom.isFreeText === true);

/** Several words as one; undefined = some are in quotes, so that it is not clear what belongs to the text. */
function restOfLine(line: string, words: readonly Token[]): Token | undefined {
  const [first, last] = [words[0] as Token, words.at(-1) as Token];
  const isPlain = !words.some(({ isQuoted }) => isQuoted);
  return isPlain ? { ...first, text: line.slice(first.start, last.end), end: last.end } : undefined;
}

/** The command that a line is. Throws `CommandError`. */
export function match<C extends Syntax>(commands: readonly C[], line: string, spelling: Spelling): Match<C> {
  const words = wholeTokens(line);
  const states = afterAll(commands, line, words, { spelling, isOpen: false });
  const whole = states.find((state) => [...steps(state)].some(({ atom }) => atom === undefined));
  if (whole !== undefined) return whole;
  throw new CommandError("Incomplete command found at '^' position.", words.at(-1)?.end);
}

/** What may follow `line`, which need not end with a whole word. Throws `CommandError` when its beginning is wrong. */
export function suggestions(commands: readonly Syntax[], line: string, spelling: Spelling): readonly Suggestion[] {
  const words = tokens(line);
  const last = words.at(-1);
  const partial = last !== undefined && last.end === line.length && !/\s$/.test(line) ? last : undefined;
  const isOpen = partial !== undefined;
  const states = afterAll(commands, line, isOpen ? words.slice(0, -1) : words, { spelling, isOpen });
  const found = new Map<string, Suggestion>();
  for (const { atom } of states.flatMap((state) => [...steps(state)])) {
    for (const suggestion of suggested(atom, partial)) {
      if (!found.has(suggestion.text)) found.set(suggestion.text, suggestion);
    }
  }
  return [...found.values()].sort((a, b) => Number(b.isWord) - Number(a.isWord) || compare(a.text, b.text));
}

function suggested(atom: Step<Syntax>["atom"], partial: Token | undefined): Suggestion[] {
  if (atom === undefined) return partial === undefined ? [END] : [];
  const words = partial?.isQuoted === true ? [] : wordsOf(atom).filter(({ name }) => begins(name, partial?.text ?? ""));
  const found = words.map(({ name, help }) => ({ text: name, help, isWord: true }));
  if (atom.kind === "word") return found;
  const hints = atom.values.filter((value) => value.words.length === 0).map(hint);
  return [...found, ...hints.map((text) => ({ text, help: atom.help, isWord: false }))];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
