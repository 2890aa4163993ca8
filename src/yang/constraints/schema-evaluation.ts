import type { DataPosition, DataSchema } from "./data-schema.ts";
import { type DependencySet, Unbounded } from "./dependency-set.ts";
import { along, isCertain, leadsAway, leadsUp, type Place, ROOT } from "./place.ts";
import { parseXPath } from "./xpath/parser.ts";
import type { Binary, Call, Expression, NodeTest, Path, Step } from "./xpath/syntax.ts";
import { type Aspect, selectsByPosition, xpathFunction } from "./xpath-functions.ts";

/** What the names in an expression mean. */
export interface Names {
  /** Module names by prefix. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** Module of names without a prefix. */
  readonly defaultModule: string;
}

/** Parses an expression of the model. Throws Unbounded. */
export function parseOrGiveUp(text: string): Expression {
  const { expression, error } = parseXPath(text);
  if (expression === undefined) throw new Unbounded(`${error.message} at ${error.offset}`);
  return expression;
}

/** Follows an expression through the schema, to all places that it can lead to with any data. */
export class SchemaEvaluation {
  readonly #schema: DataSchema;
  readonly #names: Names;
  /** What current() is. */
  readonly #current: Place;
  readonly #found: DependencySet;

  constructor(schema: DataSchema, names: Names, current: Place, found: DependencySet) {
    this.#schema = schema;
    this.#names = names;
    this.#current = current;
    this.#found = found;
  }

  /** Notes what the value of an expression evaluated at `place` depends on. */
  evaluate(expression: Expression, place: Place, as: Aspect): void {
    switch (expression.kind) {
      case "literal":
      case "number":
        return;
      case "negative":
        return this.evaluate(expression.operand, place, "value");
      case "binary":
        return this.#evaluateBinary(expression, place, as);
      case "call":
        if (xpathFunction(expression.name)?.returns !== "node-set") return this.#evaluateCall(expression, place);
        return this.#note(this.select(expression, place), as);
      default:
        return this.#note(this.select(expression, place), as);
    }
  }

  #evaluateBinary({ operator, left, right }: Binary, place: Place, as: Aspect): void {
    const isLogical = operator === "and" || operator === "or";
    const aspect = operator === "|" ? as : isLogical ? "existence" : "value";
    this.evaluate(left, place, aspect);
    this.evaluate(right, place, aspect);
  }

  #evaluateCall({ name, arguments: args }: Call, place: Place): void {
    const called = xpathFunction(name);
    if (called === undefined) throw new Unbounded(`it calls ${name}()`);
    for (const argument of args) this.evaluate(argument, place, called.uses);
    const takesContext = called.takesContext === "always" || (args.length === 0 && called.takesContext !== undefined);
    if (takesContext) this.#note([place], "value");
  }

  /** Where an expression that is a node set leads. Notes what that depends on, save the existence of these places. */
  select(expression: Expression, place: Place): readonly Place[] {
    switch (expression.kind) {
      case "path":
        return this.#follow(expression, place);
      case "filter":
        return this.#filter(this.select(expression.primary, place), expression.predicates);
      case "binary":
        if (expression.operator !== "|") break;
        return distinct([...this.select(expression.left, place), ...this.select(expression.right, place)]);
      case "call":
        if (expression.name === "current") return [this.#current];
        if (expression.name === "deref") return this.#dereference(expression, place);
        break;
      default:
    }
    throw new Unbounded(expression.kind === "variable" ? "it has a variable" : "it takes as a node set what is none");
  }

  #follow({ start, steps }: Path, place: Place): readonly Place[] {
    let places = start === "root" ? [ROOT] : start === "context" ? [place] : this.select(start, place);
    // The context node is there, else nothing would be evaluated, and so is what is above it.
    let areGiven = start === "context";
    for (const step of steps) {
      if (leadsAway(step.axis) && !areGiven) this.#note(places, "existence");
      places = this.#step(places, step);
      areGiven &&= leadsUp(step.axis);
    }
    return places;
  }

  #step(from: readonly Place[], { axis, test, predicates }: Step): readonly Place[] {
    const matches = this.#matcher(test);
    const reached = from.flatMap((place) => {
      const places = along(this.#schema, place, axis);
      if (places === undefined) throw new Unbounded(`it has the axis ${axis}::`);
      this.#found.count(places.length);
      if (axis === "following" || axis === "preceding") this.#noteSiblings(place);
      return places.filter(matches);
    });
    return this.#filter(distinct(reached), predicates);
  }

  /** libyang 3.12 finds nothing behind a node without a sibling behind it, and nothing before one without one before. */
  #noteSiblings(place: Place): void {
    this.#note(along(this.#schema, place, "following-sibling") ?? [], "existence");
  }

  #filter(places: readonly Place[], predicates: readonly Expression[]): readonly Place[] {
    for (const predicate of predicates) {
      if (selectsByPosition(predicate)) this.#note(places, "existence");
      this.#found.count(places.length);
      for (const place of places) this.evaluate(predicate, place, "existence");
    }
    return places;
  }

  #matcher(test: NodeTest): (place: Place) => boolean {
    if (test.kind === "type") {
      if (test.type === "node") return () => true;
      return ({ isText }) => isText && test.type === "text";
    }
    const module = this.#moduleOf(test);
    return ({ at, isText }) => {
      if (isText) return false;
      // To libyang 3.12 the root is an element that * matches.
      if (at === undefined) return test.kind === "any" && module === undefined;
      return (test.kind === "any" || at.name === test.name) && (module === undefined || at.moduleName === module);
    };
  }

  /** RFC 7950 §6.4.1; undefined for `*`, which is of any module. */
  #moduleOf({ kind, prefix }: Exclude<NodeTest, { kind: "type" }>): string | undefined {
    if (prefix === undefined) return kind === "any" ? undefined : this.#names.defaultModule;
    const module = this.#names.prefixes.get(prefix);
    if (module === undefined) throw new Unbounded(`it has the unknown prefix ${prefix}`);
    return module;
  }

  /** deref() of RFC 7950 §10.3.1, by the path of the leafref's type. */
  #dereference({ arguments: [argument] }: Call, place: Place): readonly Place[] {
    if (argument === undefined) throw new Unbounded("it calls deref() of nothing");
    const leaves = this.select(argument, place);
    this.#note(leaves, "value");
    return distinct(leaves.flatMap((leaf) => this.#targets(leaf)));
  }

  #targets(leaf: Place): readonly Place[] {
    const { at } = leaf;
    if (at?.leafref === undefined) {
      const isReference = at
        ?.typeAlternatives()
        .some(({ base }) => base === "leafref" || base === "instance-identifier");
      if (isReference === true) throw new Unbounded("it calls deref() where the type does not tell the target");
      return [];
    }
    const targets = new SchemaEvaluation(this.#schema, at.leafref, leaf, this.#found).select(
      parseOrGiveUp(at.leafref.path),
      leaf,
    );
    this.#note(targets, "value");
    return targets;
  }

  /** Notes that something depends on these places. */
  #note(places: readonly Place[], on: Aspect): void {
    for (const place of places) {
      const { at, scope, isText } = place;
      if (on === "value") this.#noteValue(place);
      else if (!isCertain(place) && at !== undefined) this.#found.add(at, scope, isText ? "value" : "existence");
    }
  }

  /** The value of an inner node is made of those of all leaves below it (XPath 1.0 §5.2). */
  #noteValue({ at, scope }: Place): void {
    if (at !== undefined) this.#found.add(at, scope, "value");
    for (const below of this.#schema.descendants(at)) {
      this.#found.count(1);
      this.#found.add(below, scope, "value");
    }
  }
}

function distinct(places: readonly Place[]): readonly Place[] {
  const seen = new Map<DataPosition, Place[]>();
  for (const place of places) {
    const same = seen.get(place.at) ?? [];
    if (same.some(({ scope, isText }) => scope === place.scope && isText === place.isText)) continue;
    seen.set(place.at, [...same, place]);
  }
  return [...seen.values()].flat();
}
