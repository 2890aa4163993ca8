import { RpcError } from "../../errors/rpc-error.ts";
import { argument, type Command, type CommandContext, type Output, operations, requireOperation } from "../command.ts";
import { CommandError } from "../command-error.ts";
import { integer, keyword, phrase } from "../syntax.ts";

/** The way into the configuration. */
export const systemView: Command = {
  parts: [keyword("system-view", "Goes to where the configuration is changed.")],
  operation: operations.edit,
  async *run(context) {
    // A script that fails half-way must leave nothing behind, nor take along what others are working on.
    if (context.window === undefined && !context.hasLock) await lockCandidate(context);
    context.view = { kind: "system", place: undefined };
    if (context.window !== undefined) yield "Enter system view, return to user view with return command.";
  },
};

async function lockCandidate(context: CommandContext): Promise<void> {
  requireOperation(context, operations.lock);
  try {
    await context.datastores.lock(context.requester, "candidate");
  } catch (error) {
    const isModified = error instanceof RpcError && error.entries[0]?.info?.sessionId === 0;
    if (!isModified) throw error;
    throw new CommandError("There are changes that were not committed. Commit or clear them at a terminal first.");
  }
  context.hasLock = true;
}

export const quit: Command = {
  parts: [keyword("quit", "Goes one view back; in the outermost one ends the session.")],
  operation: undefined,
  async *run(context) {
    const { view } = context;
    if (view.kind === "user") context.isOver = true;
    else if (view.place === undefined) yield* leaveSystemView(context);
    else context.view = { kind: "system", place: view.place.outer };
  },
};

export const toUserView: Command = {
  parts: [keyword("return", "Goes back to the outermost view.")],
  operation: undefined,
  run: leaveSystemView,
};

/** What stands between the parts of a whole configuration: words of the next one are not those of the one before. */
export const toTop: Command = {
  parts: [keyword("#", "Goes to the top of the configuration.")],
  operation: undefined,
  run: async (context) => {
    if (context.view.kind === "system") context.view = { kind: "system", place: undefined };
  },
};

/** The candidate is everybody's, so that nothing is done to it; but one at a terminal should know. */
async function* leaveSystemView(context: CommandContext): Output {
  context.view = { kind: "user" };
  if (context.window === undefined || !(await context.datastores.isCandidateModified())) return;
  yield "Info: Changes that were not committed stay in the candidate.";
}

export const screenLength: Command = {
  parts: [
    keyword("screen-length", "Lines after which output waits."),
    integer("lines", "Lines; 0 = it never waits.", 0, 512),
    keyword("temporary", "As long as this session."),
  ],
  operation: undefined,
  run: async (context, match) => {
    context.screenLength = Number(argument(match, "lines"));
  },
};

export const undoScreenLength: Command = {
  parts: phrase("undo screen-length temporary", "Output waits when the window is full."),
  operation: undefined,
  run: async (context) => {
    context.screenLength = undefined;
  },
};
