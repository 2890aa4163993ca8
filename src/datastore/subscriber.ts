import type { SummarisedEdit } from "../yang/edit-summary.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import type { Requester } from "./datastores.ts";

/**
 * Configuration as plain data: leaves are canonical text, leaf-lists arrays, containers objects, and lists that are
 * part of a unit arrays of objects.
 */
export type ConfigValue = string | readonly string[] | ConfigObject | readonly ConfigObject[];
export interface ConfigObject {
  readonly [name: string]: ConfigValue;
}

/**
 * What changed in one unit of configuration. A unit is the smallest thing a subscriber acts on as a whole: a list
 * entry, or a container less the units inside it. A list that the user orders is part of the unit it is in, since its
 * order says something; and so is one with few entries (`max-elements`).
 */
export interface UnitChange {
  /** Schema path of the unit, one of the subscriber's `paths`, such as `/bmpconfd-bmp:bmp/bmp-session`. */
  readonly path: string;
  /** Key values in schema order, those of the list entries that it is in first; none for a container at the top. */
  readonly keys: readonly string[];
  /** The unit as committed, defaults included, or undefined when it is gone. */
  readonly after: ConfigObject | undefined;
}

/** The difference a commit makes, unit by unit, in no particular order. */
export type ConfigChange = readonly UnitChange[];

/** A part of the server that acts on committed configuration, such as the monitoring plane. */
export interface CommitSubscriber {
  /** Schema paths of the units it owns. At start every writable node of our modules is owned exactly once. */
  readonly paths: readonly string[];
  /**
   * Takes what was committed before the server started, in parts, in any order. It is in effect whatever the machine
   * looks like now: a device that is missing may come later, and must not keep the server, and with it the way to
   * change this, from starting.
   */
  adopt(change: ConfigChange): void;
  /** Checks and reserves; may refuse by rejecting with an `RpcError`. Nothing outside may notice it yet. */
  prepare(change: ConfigChange): Promise<PreparedChange>;
}

/** What was changed, for those who only want to know: undefined = too much to be told, or not known. */
export type ReportedEdits = readonly SummarisedEdit[] | undefined;

/** A change of a datastore that is in effect. */
export interface DatastoreChange {
  readonly by: Requester;
  readonly datastore: "running" | "startup";
  readonly edits: ReportedEdits;
}

/** What becomes of a confirmed commit (RFC 6241 section 8.4): `by` nobody when its time has run out. */
export type ConfirmEvent =
  | { readonly event: "start" | "extend"; readonly by: Requester; readonly timeoutS: number }
  | { readonly event: "cancel" | "complete"; readonly by: Requester }
  | { readonly event: "timeout" };

/** Exactly one of the two is called, once. Neither may fail: whatever can fail belongs in `prepare`. */
export interface PreparedChange {
  apply(): void;
  abort(): void;
}

/** An action (RFC 7950 section 7.15) that somebody invokes, on an instance that running holds. */
export interface ActionCall {
  /** Schema path of the action, one of the performer's `actions`. */
  readonly path: string;
  /** Key values of the list entries that it is in, from the top, in schema order. */
  readonly keys: readonly string[];
  /** Validated, defaults included. */
  readonly input: ConfigObject;
}

/** Canonical values of the leaves of an action's output, in schema order. */
export type ActionLeaves = Readonly<Record<string, string>>;

/** A part of the server that carries out actions. */
export interface ActionPerformer {
  /** Schema paths of the actions. At start every action of our modules has exactly one performer. */
  readonly actions: readonly string[];
  /**
   * Carries one out, and gives its output. Rejects with an `RpcError`, and has then done nothing, unless it took too
   * long. What it acts on may have gone since running was looked at.
   */
  perform(call: ActionCall): Promise<ActionLeaves>;
}

/** A part of the server that knows operational state. */
export interface StateProvider {
  /**
   * RFC 7951 JSON documents, each small enough to be read at a time: `config false` data below the list entries, given
   * by their keys, that it belongs to. All that `filter` can select is in them, once, and may be more; undefined =
   * everything. Entries that running does not hold (a deletion may be under way) are left out of the reply.
   */
  state(filter?: SubtreeFilter): Promise<readonly string[]>;
}
