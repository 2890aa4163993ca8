import type { DataNode, SchemaNode } from "libyang-wasm";
import { chainTo } from "./ancestors.ts";
import { keysOn, type SchemaAccess } from "./data-access.ts";
import type { FilterPlan, PlannedChild, Selection } from "./filter-plan.ts";
import type { SchemaChildren } from "./schema-children.ts";

/**
 * What one user may read of what a plan selects (RFC 8341 section 3.2.4): what may not be read is left out with all
 * that is in it, and decides nothing about what else is selected. What the schema tells is worked into the plan; where
 * it depends on keys, each instance is asked about. Keys are read with their entries.
 */
export class ReadablePlan {
  readonly #schema: SchemaChildren;
  readonly #access: SchemaAccess;
  readonly #wholes = new Map<SchemaNode | undefined, FilterPlan>();

  constructor(schema: SchemaChildren, access: SchemaAccess) {
    this.#schema = schema;
    this.#access = access;
  }

  /** Everything among the children of `parent`; undefined = the top. */
  everything(parent: SchemaNode | undefined): FilterPlan {
    const known = this.#wholes.get(parent);
    if (known !== undefined) return known;
    const all = this.#schema
      .in(parent)
      .map((child): PlannedChild => ({ ...child, selections: [{ kind: "whole" }], entries: new Map() }));
    const plan = this.of(all.filter(({ schema }) => !schema.isKey).sort((a, b) => a.position - b.position));
    this.#wholes.set(parent, plan);
    return plan;
  }

  of(plan: FilterPlan): FilterPlan {
    return plan.filter(({ schema }) => !this.#isHidden(schema)).map((child) => this.#limited(child));
  }

  mayRead(node: DataNode): boolean {
    const { schema } = node;
    if (schema === undefined || schema.isKey || this.#access.extentOf(schema, "read") === "permitted") return true;
    return this.#access.decide(schema, "read", keysOn(chainTo(node))).isPermitted;
  }

  #isHidden(schema: SchemaNode): boolean {
    return !schema.isKey && this.#access.extentOf(schema, "read") === "denied";
  }

  #limited(child: PlannedChild): PlannedChild {
    const { schema, selections, entries } = child;
    if (this.#access.extentBelow(schema, "read") === "permitted") return child;
    const limit = (selection: Selection) => this.#limitedSelection(schema, selection);
    return {
      ...child,
      selections: selections.map(limit),
      entries: new Map([...entries].map(([id, entry]) => [id, { ...entry, selections: entry.selections.map(limit) }])),
    };
  }

  #limitedSelection(schema: SchemaNode, selection: Selection): Selection {
    if (schema.kind !== "container" && schema.kind !== "list") return selection;
    if (selection.kind === "value") return selection;
    if (selection.kind === "whole") return this.#shown(schema, []);
    const guards = selection.guards.map((guard) => guard.filter(({ leaf }) => !this.#isHidden(leaf)));
    if (selection.children === undefined) return this.#shown(schema, guards);
    return { ...selection, guards, children: this.of(selection.children) };
  }

  /** All that may be read of an instance. */
  #shown(schema: SchemaNode, guards: Guards): Selection {
    return { kind: "containment", guards, children: this.everything(schema), isShown: true };
  }
}

type Guards = Extract<Selection, { kind: "containment" }>["guards"];
