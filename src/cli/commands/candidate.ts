import { argument, type Command, type CommandContext, operations, requireOperation } from "../command.ts";
import { CommandError } from "../command-error.ts";
import { integer, keyword, optional, phrase, text, type ValuePart } from "../syntax.ts";

const description: ValuePart = {
  ...text("description", "What the history says about the commit.", 1, 1024),
  isFreeText: true,
};
const DEFAULT_TRIAL_S = 600;

export const commit: Command = {
  parts: [
    keyword("commit", "Makes the candidate the running configuration."),
    optional(keyword("description", "Says what the commit is for."), description),
  ],
  operation: operations.commit,
  run: ({ datastores, requester }, match) =>
    datastores.commit(requester, { description: argument(match, "description") }),
};

/** A confirmed commit (RFC 6241 section 8.4). */
export const commitTrial: Command = {
  parts: [
    ...phrase("commit trial", "Undoes the commit, unless another one follows in time."),
    optional(integer("seconds", "Time after which it is undone (seconds).", 1, 65_535)),
  ],
  operation: operations.commit,
  async *run({ datastores, requester }, match) {
    const timeoutS = Number(argument(match, "seconds") ?? DEFAULT_TRIAL_S);
    await datastores.commit(requester, { confirmed: { timeoutS } });
    yield `Info: The commit is undone in ${timeoutS} seconds, or when this session ends, unless it is confirmed by commit.`;
  },
};

export const abortTrial: Command = {
  parts: phrase("abort trial", "Undoes a commit trial at once."),
  operation: operations.cancelCommit,
  run: ({ datastores, requester }) => datastores.cancelCommit(requester, undefined),
};

export const clearCandidate: Command = {
  parts: phrase("clear configuration candidate", "Forgets all that was not committed."),
  operation: operations.discard,
  run: ({ datastores, requester }) => datastores.discardChanges(requester),
};

export const rollback: Command = {
  parts: [
    ...phrase("rollback configuration to commit-id", "Goes back to the configuration after a commit."),
    integer("commit-id", "A number of the commit list.", 1, 4_294_967_295),
  ],
  operation: operations.loadCommit,
  async *run(context, match) {
    const id = Number(argument(match, "commit-id"));
    await goBack(context, id);
    yield `Info: The configuration is what it was after commit ${id}.`;
  },
};

/** What others change meanwhile is neither committed nor lost: they have to wait. */
async function goBack(context: CommandContext, id: number): Promise<void> {
  const { datastores, requester, hasLock } = context;
  requireOperation(context, operations.commit);
  if (await datastores.isCandidateModified()) {
    throw new CommandError("There are changes that were not committed. Commit or clear them first.");
  }
  if (!hasLock) await datastores.lock(requester, "candidate");
  try {
    await datastores.loadCommit(requester, id);
    await datastores.commit(requester, { description: `rollback to commit ${id}` });
  } catch (error) {
    await datastores.discardChanges(requester);
    throw error;
  } finally {
    if (!hasLock) await datastores.unlock(requester, "candidate");
  }
}
