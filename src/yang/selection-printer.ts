import type { Condition, Context, DataNode, DataTree, WriteOptions, XmlWriter } from "libyang-wasm";
import type { DefaultsMode } from "./defaults-mode.ts";
import {
  entryId,
  type FilterPlan,
  joinPlans,
  type PlannedChild,
  type PlannedEntry,
  type Selection,
} from "./filter-plan.ts";
import type { PrintLimits } from "./limits.ts";
import type { Pieces } from "./pieces.ts";
import { type Instance, Place } from "./place.ts";
import type { ReadablePlan } from "./readable-plan.ts";

/** Prints what a plan selects, straight from the data. */
export class SelectionPrinter {
  readonly #writer: XmlWriter;
  readonly #limits: PrintLimits;
  /** Undefined = everything may be read. */
  readonly #readable: ReadablePlan | undefined;
  readonly #joinedBefore = new Map<FilterPlan, { readonly plans: readonly FilterPlan[]; readonly plan: FilterPlan }>();
  /** Nodes looked at since others had their turn. */
  #steps = 0;

  constructor(context: Context, withDefaults: DefaultsMode, limits: PrintLimits, readable?: ReadablePlan) {
    this.#writer = context.xmlWriter({ withDefaults });
    this.#limits = limits;
    this.#readable = readable;
  }

  [Symbol.dispose](): void {
    this.#writer.dispose();
  }

  *everything(tree: DataTree, state: DataTree | undefined): Pieces {
    const first = tree.first();
    if (first !== undefined) return yield* this.#write(first, { siblings: true, state: state?.first() });
    for (const root of state?.roots() ?? []) if (!root.isConfig) yield* this.#write(root);
  }

  *selected(place: Place, plan: FilterPlan): Pieces {
    for (const child of plan) {
      if (child.entries.size > 0 && !this.#mustScan(child)) yield* this.#entries(place, child);
      else yield* this.#scan(place, child);
    }
  }

  /** What was printed and not handed on. */
  *rest(): Pieces {
    if (this.#writer.size > 0) yield this.#writer.take();
  }

  /** Several entries of a list that the user orders are found in their order only by going through it. */
  #mustScan({ schema, selections, entries }: PlannedChild): boolean {
    return selections.length > 0 || (entries.size > 1 && schema.isUserOrdered);
  }

  *#entries(place: Place, { schema, entries }: PlannedChild): Pieces {
    const found: { readonly node: DataNode; readonly selections: readonly Selection[] }[] = [];
    for (const { keys, selections } of entries.values()) {
      const node = place.findEntry(schema, keys);
      if (node !== undefined) found.push({ node, selections });
      yield* this.#step();
    }
    found.sort((a, b) => (a.node.precedes(b.node) ? -1 : 1));
    for (const { node, selections } of found) yield* this.#instance(place.instance(node, schema), selections);
  }

  *#scan(place: Place, child: PlannedChild): Pieces {
    const { schema } = child;
    const conditions = necessaryConditions(child);
    let node = place.firstInstance(schema);
    while (node !== undefined) {
      if (conditions.length > 0) {
        const stop: ReturnType<DataNode["findMatch"]> = node.findMatch(conditions, this.#limits.entriesPerScan);
        yield* this.#step(this.#limits.nodesPerStep / 8);
        node = stop.node;
        if (!stop.isMatch || node === undefined) continue;
      }
      yield* this.#instance(place.instance(node, schema), selectionsFor(child, node));
      const next: DataNode | undefined = node.nextSibling;
      node = next?.schema === schema ? next : undefined;
    }
  }

  *#instance(instance: Instance, selections: readonly Selection[]): Pieces {
    yield* this.#step(selections.length);
    if (this.#readable?.mayRead(instance.node) === false) return;
    const plans: FilterPlan[] = [];
    let isShown = false;
    const place = Place.inside(instance);
    for (const selection of selections) {
      if (!this.#isSelected(instance.node, place, selection)) continue;
      if (selection.kind !== "containment" || selection.children === undefined) {
        // Where nothing of it is printed, the entries it is in are there all the same.
        this.#writer.begin();
        return yield* this.#write(instance.node, { state: instance.state });
      }
      if (selection.isShown === true) isShown = true;
      plans.push(selection.children);
    }
    if (plans.length === 0) return;
    // Printed with the first thing that is selected in it; a list entry then brings its keys (section 6.2.5 allows it).
    this.#writer.open(instance.node);
    if (isShown) this.#writer.begin();
    yield* this.selected(place, this.#joined(plans));
    this.#writer.close();
  }

  *#write(node: DataNode, options: WriteOptions = {}): Pieces {
    const maxBytes = this.#limits.pieceBytes;
    let isComplete = this.#writer.write(node, { ...options, maxBytes });
    while (!isComplete) {
      this.#steps = 0;
      yield this.#writer.take();
      isComplete = this.#writer.resume(maxBytes);
    }
  }

  /** Most entries of a list are selected by the same of many filter elements: joining their plans once is enough. */
  #joined(plans: readonly FilterPlan[]): FilterPlan {
    const [first] = plans as [FilterPlan];
    const known = this.#joinedBefore.get(first);
    if (known?.plans.length === plans.length && plans.every((plan, index) => plan === known.plans[index])) {
      return known.plan;
    }
    const plan = joinPlans(plans);
    this.#joinedBefore.set(first, { plans, plan });
    return plan;
  }

  #isSelected(node: DataNode, place: Place, selection: Selection): boolean {
    switch (selection.kind) {
      case "whole":
        return true;
      case "value":
        return node.value === selection.value;
      case "containment":
        return selection.guards.every((guard) => guard.some((condition) => this.#isMet(place, condition)));
    }
  }

  /** By what may be read only (RFC 8341 section 3.2.4). */
  #isMet(place: Place, { leaf, value }: Condition): boolean {
    const found = leaf.kind === "leaf-list" ? place.findEntry(leaf, [value]) : place.firstInstance(leaf);
    return found?.value === value && this.#readable?.mayRead(found) !== false;
  }

  /** Counts nodes that were looked at, and lets others go first when there were many. */
  *#step(nodes = 1): Pieces {
    this.#steps += nodes;
    if (this.#steps < this.#limits.nodesPerStep) return;
    this.#steps = 0;
    yield undefined;
  }
}

/** What an instance must have in any case to be selected; it is looked for faster than instances are looked at. */
function necessaryConditions({ schema, selections: [selection, ...others], entries }: PlannedChild): Condition[] {
  if (selection?.kind !== "containment" || others.length > 0 || entries.size > 0) return [];
  const certain = selection.guards.flatMap((guard) => (guard.length === 1 ? guard : []));
  // State of an entry of the configuration is in another tree.
  return certain.filter(({ leaf }) => leaf.isConfig === schema.isConfig);
}

function selectionsFor({ schema, selections, entries }: PlannedChild, node: DataNode): readonly Selection[] {
  if (entries.size === 0) return selections;
  const keys = schema.kind === "list" ? node.keyValues() : [node.value ?? ""];
  const entry: PlannedEntry | undefined = entries.get(entryId(keys));
  return entry === undefined ? selections : [...selections, ...entry.selections];
}
