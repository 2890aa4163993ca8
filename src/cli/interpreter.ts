import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Log } from "../observe/log.ts";
import { argument, type Command, type CommandContext, type Output, requireOperation } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { placeName } from "./command-model.ts";
import { filterWords, findCommand } from "./commands.ts";
import { errorLines } from "./error-lines.ts";
import type { Match } from "./matcher.ts";
import { columnsOf, printable } from "./printable.ts";
import type { LineFilter } from "./printer.ts";

/** What a line does. */
export interface Interpreted {
  readonly output: Output | Promise<void>;
  readonly filter: LineFilter | undefined;
}

/** The command of a line, ready to be carried out. Throws `CommandError` and `RpcError`. */
export function interpret(context: CommandContext, line: string): Interpreted {
  const found = findCommand(context, line);
  requireOperation(context, found.command.operation);
  const output = found.command.run(context, found);
  const filter = filterOf(found);
  return { output: output instanceof Promise ? output.catch(counting(context)) : counted(output, context), filter };
}

async function* counted(output: Output, context: CommandContext): Output {
  try {
    yield* output;
  } catch (error) {
    counting(context)(error);
  }
}

/** Counts what data decide that may not be done (RFC 8341 section 3.5.1); what operations decide was counted. */
const counting =
  ({ access }: CommandContext) =>
  (error: unknown): never => {
    const isDenied = ({ tag, path }: RpcErrorEntry) => tag === "access-denied" && path !== undefined;
    if (error instanceof RpcError && error.entries.some(isDenied)) access.writeDenied();
    throw error;
  };

function filterOf(found: Match<Command>): LineFilter | undefined {
  const text = argument(found, "filter");
  const kind = filterWords.find((word) => word === found.words.at(-1));
  return text === undefined || kind === undefined ? undefined : { kind, text };
}

/** `<HOST>`, `[~HOST]` where nothing is uncommitted, `[*HOST-bmp]` where something is, `[?HOST]` where nobody can tell. */
export async function promptOf({ view, hostName, datastores }: CommandContext): Promise<string> {
  if (view.kind === "user") return `<${printable(hostName)}>`;
  const sign = await datastores.isCandidateModified().then(
    (isModified) => (isModified ? "*" : "~"),
    // The datastores are being built anew: that is no reason to end a session.
    () => "?",
  );
  const place = view.place === undefined ? "" : `-${placeName(view.place)}`;
  return `[${sign}${printable(hostName + place)}]`;
}

/** What went wrong, with a caret under the place in the line, which stands behind `before` columns. */
export function problemLines(
  error: unknown,
  context: CommandContext,
  log: Log,
  line: string,
  before: number,
): string[] {
  if (error instanceof CommandError) {
    const caret = error.at === undefined ? [] : [`${" ".repeat(before + columnsOf(line.slice(0, error.at)))}^`];
    return [...caret, `Error: ${printable(error.message)}`];
  }
  const refused = RpcError.from(error);
  const { sessionId, username } = context.requester;
  const cause = refused.cause === undefined ? {} : { error: refused.cause };
  const isOurs = refused !== error;
  log(isOurs ? "error" : "debug", "command failed", {
    session: sessionId,
    user: username,
    reason: refused.message,
    ...cause,
  });
  return errorLines(refused, context.roots).map(printable);
}
