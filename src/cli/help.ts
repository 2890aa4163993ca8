import type { CommandContext } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { suggest } from "./commands.ts";
import { tokens } from "./lexer.ts";
import { cliLimits } from "./limits.ts";
import { printable } from "./printable.ts";

const MOST_COLUMNS = 28;

/** What `?` after the beginning of a line shows. */
export function helpLines(context: CommandContext, beginning: string): string[] {
  let found: ReturnType<typeof suggest>;
  try {
    found = suggest(context, beginning);
  } catch (error) {
    if (error instanceof CommandError) return [`Error: ${printable(error.message)}`];
    throw error;
  }
  if (found.length === 0) return ["Error: Nothing that is known begins so."];
  const width = Math.min(MOST_COLUMNS, Math.max(...found.map(({ text }) => text.length)));
  const listed = found.slice(0, cliLimits.listedWords);
  const rest = found.length - listed.length;
  return [
    ...listed.map(({ text, help }) => printable(`  ${text.padEnd(width)}  ${help}`.replaceAll(/\s*\n\s*/g, " "))),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
}

/** Words that the last word of a beginning may become, and that word: what Tab asks for. */
export function completions(context: CommandContext, beginning: string): [string[], string] {
  const last = tokens(beginning).at(-1);
  const partial = last !== undefined && last.end === beginning.length ? beginning.slice(last.start) : "";
  try {
    const words = suggest(context, beginning).filter(({ isWord }) => isWord);
    return [words.slice(0, cliLimits.listedWords).map(({ text }) => `${text} `), partial];
  } catch (error) {
    if (error instanceof CommandError) return [[], partial];
    throw error;
  }
}

/** Whether a `?` after this is part of a text, and no question. */
export const isInText = (beginning: string): boolean => tokens(beginning).at(-1)?.isWhole === false;
