import type { ConfigStream } from "../../datastore/datastores.ts";
import { argument, type Command, type CommandContext, type Output, operations } from "../command.ts";
import { CommandError } from "../command-error.ts";
import type { Place } from "../command-model.ts";
import { ConfigLines, type EntryFilter } from "../config-lines.ts";
import { type DataHandler, elementsAt, leafOf, readStream } from "../data-reader.ts";
import { pathFilter, placeFilter } from "../edit-text.ts";
import { integer, keyword, optional, phrase } from "../syntax.ts";
import { table } from "./state-lines.ts";

const COMMITS = "urn:bmpconfd:yang:commits";

export const displayCurrent: Command = {
  parts: phrase("display current-configuration", "The running configuration."),
  operation: operations.getConfig,
  async *run(context): Output {
    const { datastores, requester } = context;
    yield* configuration(context, await datastores.getConfig(requester, "running"));
  },
};

export const displayThis: Command = {
  parts: [
    ...phrase("display this", "The running configuration of this view."),
    optional(keyword("candidate", "What it is with the changes that were not committed.")),
  ],
  operation: operations.getConfig,
  async *run(context, match): Output {
    const { datastores, requester, view } = context;
    const place = view.kind === "system" ? view.place : undefined;
    const source = match.words.includes("candidate") ? "candidate" : "running";
    const stream = await datastores.getConfig(requester, source, place && placeFilter(place));
    yield* configuration(context, stream, place && onlyIn(place));
  },
};

/** A filter cannot tell an entry whose key is empty from others. */
function onlyIn(place: Place): EntryFilter {
  return (node, keys) => {
    for (let at: Place | undefined = place; at !== undefined; at = at.outer) {
      if (at.node === node) return keys.every((key, index) => key === at?.keys[index]);
    }
    return true;
  };
}

export const displayCandidate: Command = {
  parts: [
    ...phrase("display configuration candidate", "What was changed and not committed."),
    optional(keyword("merge", "The whole configuration with these changes.")),
  ],
  operation: operations.getConfig,
  async *run(context, match): Output {
    const { datastores, requester } = context;
    if (match.words.includes("merge")) {
      yield* configuration(context, await datastores.getConfig(requester, "candidate"));
    } else yield* changes(context, await datastores.changes(requester, "candidate"), "Info: Nothing was changed.");
  },
};

export const displayCommitChanges: Command = {
  parts: [
    ...phrase("display configuration commit changes", "What a commit changed."),
    optional(integer("commit-id", "A number of the commit list; the last commit when absent.", 1, 4_294_967_295)),
  ],
  operation: operations.getConfig,
  async *run(context, match): Output {
    const { datastores, requester } = context;
    const commitId = Number(argument(match, "commit-id") ?? (await newestCommit(context)));
    yield* changes(context, await datastores.changes(requester, { commitId }), "Info: It changed nothing.");
  },
};

export const displayCommitList: Command = {
  parts: phrase("display configuration commit list", "The last commits, the newest first."),
  operation: operations.get,
  async *run(context): Output {
    const rows: string[][] = [];
    for await (const commit of commitsOf(context)) {
      const leafs = ["id", "username", "time", "kind", "description"];
      rows.push(leafs.map((leaf) => leafOf(commit, leaf) ?? ""));
    }
    if (rows.length === 0) yield "Info: There was no commit yet.";
    else yield* table(["CommitId", "User", "TimeStamp", "Kind", "Description"], rows);
  },
};

async function* commitsOf({ datastores, requester }: CommandContext) {
  const stream = await datastores.get(requester, pathFilter(COMMITS, "commits", "commit"));
  for await (const element of elementsAt(stream, 1)) if (element.name === "commit") yield element;
}

async function newestCommit(context: CommandContext): Promise<string> {
  for await (const commit of commitsOf(context)) return leafOf(commit, "id") ?? "";
  throw new CommandError("There was no commit yet.");
}

/** Whole configuration, in the form in which it can be typed again. */
async function* configuration({ roots }: CommandContext, stream: ConfigStream, isWanted?: EntryFilter): Output {
  const lines = new ConfigLines(roots, isWanted);
  yield* readStream(stream, lines, lines.take);
  yield "#";
  yield "return";
}

/** The commands of an edit, whose `<config>` the stream has; `nothing` when there is none. */
async function* changes({ roots }: CommandContext, stream: ConfigStream, nothing: string): Output {
  const lines = new ConfigLines(roots);
  let isEmpty = true;
  for await (const line of readStream(stream, inside(lines), lines.take)) {
    isEmpty = false;
    yield line;
  }
  yield isEmpty ? nothing : "#";
}

/** Leaves the outermost element out. */
function inside(handler: DataHandler): DataHandler {
  let depth = 0;
  return {
    open: (...element) => {
      if (depth++ > 0) handler.open(...element);
    },
    close: (text) => {
      if (--depth > 0) handler.close(text);
    },
  };
}
