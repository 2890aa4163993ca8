import { CommandError } from "./command-error.ts";
import { isPrintable, printable } from "./printable.ts";

/** A word of a line. */
export interface Token {
  /** Without quotes. */
  readonly text: string;
  /** Offsets in the line. */
  readonly start: number;
  readonly end: number;
  /** What is in quotes is a value, never a command word. */
  readonly isQuoted: boolean;
  /** Whether the quotes are closed. */
  readonly isWhole: boolean;
}

const WORD = /\s*(?:"((?:[^"\\]|\\.)*)("?)|([^\s"]+))/suy;
const ESCAPE = /\\(?:u\{([0-9a-f]{1,6})\}|(.))/gsu;

/** `\n` is a line break, `\u{9}` the character of that number, so that any text fits into a line; others are themselves. */
const unescaped = (text: string): string =>
  text.replace(ESCAPE, (whole, code?: string, character?: string) => {
    if (code === undefined) return character === "n" ? "\n" : (character as string);
    const number = Number.parseInt(code, 16);
    return number > 0x10ffff ? whole : String.fromCodePoint(number);
  });

/** The words of a line, of which the last may be a text that is not closed yet. */
export function tokens(line: string): Token[] {
  const found: Token[] = [];
  WORD.lastIndex = 0;
  for (let match = WORD.exec(line); match !== null; match = WORD.exec(line)) {
    const [whole, quoted, close, bare] = match;
    const end = WORD.lastIndex;
    const start = end - whole.trimStart().length;
    const isQuoted = bare === undefined;
    const text = bare ?? unescaped(quoted as string);
    found.push({ text, start, end, isQuoted, isWhole: !isQuoted || close !== "" });
  }
  // What is left is white space, or a backslash at the end of a text that is not closed.
  return found;
}

/** The words of a whole line. Throws `CommandError`. */
export function wholeTokens(line: string): Token[] {
  const found = tokens(line);
  const open = found.find(({ isWhole }) => !isWhole);
  if (open === undefined) return found;
  throw new CommandError(
    "The text that begins here has no closing double quote. Write a '\"' in it as \\\".",
    open.start,
  );
}

const NEEDS_NO_QUOTES = /^[^\s"\\;|#!?]+$/;

/** A value as a word of a line: in quotes if it has to be. */
export function word(value: string): string {
  if (NEEDS_NO_QUOTES.test(value) && isPrintable(value)) return value;
  return `"${printable(value.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n"))}"`;
}

/**
 * The commands of a script, which line breaks and semicolons outside of texts tell apart; comments are to the end of their
 * lines, whatever is in them.
 */
export function commandsOf(script: string): string[] {
  return [...script.matchAll(/[^\S\n]*(?:[#!][^\n]*|(?:"(?:[^"\\]|\\.)*"?|[^";\n])+)/gsu)].map(([line]) => line.trim());
}

/** Whether a line holds nothing to do: it is empty or a comment. A `#` alone is a command. */
export const isBlank = (line: string): boolean => /^\s*(?:!.*|#.*\S.*)?$/su.test(line);
