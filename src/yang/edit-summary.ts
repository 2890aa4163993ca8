import type { Context, DataNode, DataTree, InstanceSet } from "libyang-wasm";
import type { ErrorPath } from "../errors/rpc-error.ts";
import type { Job } from "../job.ts";
import { toErrorPath } from "./error-path.ts";
import { yangLimits } from "./limits.ts";
import { explicitIn } from "./ordered-lists.ts";

/** Members looked at before others get their turn. */
const MEMBERS_IN_A_SLICE = 64;

/** One change of a configuration, as RFC 6470 reports it. */
export interface SummarisedEdit {
  /** An instance-identifier. */
  readonly target: ErrorPath;
  /** What leads from the configuration before to the one after, whatever the client wrote. */
  readonly operation: "create" | "delete" | "replace" | "merge";
}

/** Two configurations, which may differ in the places of `touched` only. */
export interface ChangedPlaces {
  readonly context: Context;
  readonly before: DataTree;
  readonly after: DataTree;
  readonly touched: InstanceSet;
}

/**
 * The topmost nodes that were created, deleted or given another content. Where these are more than is reported, there
 * is one "merge" for each node at the top of the data that has a change in it; undefined when these are too many, too.
 */
export function* summariseEdits(
  places: ChangedPlaces,
  limits: Pick<typeof yangLimits, "reportedEdits" | "reportedEditCharacters"> = yangLimits,
): Job<readonly SummarisedEdit[] | undefined> {
  const collect = (edits: Iterable<SummarisedEdit | undefined>) => collectEdits(edits, limits);
  return (yield* collect(eachEdit(places))) ?? (yield* collect(eachTop(places)));
}

/** Undefined past a limit. */
function* collectEdits(
  found: Iterable<SummarisedEdit | undefined>,
  limits: Pick<typeof yangLimits, "reportedEdits" | "reportedEditCharacters">,
): Job<readonly SummarisedEdit[] | undefined> {
  const edits: SummarisedEdit[] = [];
  let characters = 0;
  let count = 0;
  for (const edit of found) {
    if (edit !== undefined) {
      characters += edit.target.text.length;
      if (edits.push(edit) > limits.reportedEdits || characters > limits.reportedEditCharacters) return undefined;
    }
    if (++count % MEMBERS_IN_A_SLICE === 0) yield;
  }
  return edits;
}

/** Gives one for each member: undefined where nothing came of it, or where what it is in says it all. */
function* eachEdit({ context, before, after, touched }: ChangedPlaces): Iterable<SummarisedEdit | undefined> {
  for (const member of touched.members()) {
    const operation = isInBoth(member.parent, before, after)
      ? operationOn(member, touched.isShallow(member), before, after)
      : undefined;
    yield operation && { target: toErrorPath(context, member.path), operation };
  }
}

/** A node that came or went with what it is in is no change of its own. */
const isInBoth = (parent: DataNode | undefined, before: DataTree, after: DataTree): boolean =>
  parent === undefined || (before.counterpart(parent) !== undefined && after.counterpart(parent) !== undefined);

function operationOn(
  member: DataNode,
  isShallow: boolean,
  before: DataTree,
  after: DataTree,
): SummarisedEdit["operation"] | undefined {
  const [old, now] = [explicitIn(before, member), explicitIn(after, member)];
  if (old === undefined) return now === undefined ? undefined : "create";
  if (now === undefined) return "delete";
  // An entry that the user orders may have moved.
  const isSame = isShallow || (member.schema?.isUserOrdered !== true && now.isEqual(old));
  return isSame ? undefined : "replace";
}

/** Gives one for each member. */
function* eachTop({ context, touched }: ChangedPlaces): Iterable<SummarisedEdit | undefined> {
  const seen = new Set<string>();
  for (const member of touched.members()) {
    const { path } = topOf(member);
    const isNew = !seen.has(path);
    seen.add(path);
    yield isNew ? { target: toErrorPath(context, path), operation: "merge" } : undefined;
  }
}

function topOf(node: DataNode): DataNode {
  let top = node;
  for (let { parent } = top; parent !== undefined; { parent } = top) top = parent;
  return top;
}
