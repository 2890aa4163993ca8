/** One step of a rule's `path`: a data node, and what its entry must have for keys. */
export interface RuleStep {
  readonly module: string;
  readonly name: string;
  readonly keys: readonly KeyCondition[];
}

export interface KeyCondition {
  /** A key's name; "." is the value of a leaf-list's entry. */
  readonly key: string;
  /** In canonical form. */
  readonly value: string | typeof USER;
}

/** The variable `$USER` of `node-instance-identifier`: the name of the session's user. */
export const USER = Symbol("USER");

/** From the top; empty = all possible content. */
export type RulePath = readonly RuleStep[];

const STEP = /^\/(?:([^/:[\]]+):)?([^/:[\]]+)/;
const PREDICATE = /^\[(?:[^:\]='"]+:)?([^:\]='"]+)=(?:'([^']*)'|"([^"]*)"|\$(USER))\]/;

/**
 * Reads a `node-instance-identifier` (RFC 8341 section 9) in its canonical form: module names for prefixes, left out
 * where they are the parent's. Undefined when it is not one: a position in a list, say.
 */
export function parseRulePath(text: string): RulePath | undefined {
  if (text === "/") return [];
  const steps: RuleStep[] = [];
  let rest = text;
  while (rest !== "") {
    const [step, prefix, name] = STEP.exec(rest) ?? [];
    const module = prefix ?? steps.at(-1)?.module;
    if (step === undefined || name === undefined || module === undefined) return undefined;
    rest = rest.slice(step.length);
    const keys: KeyCondition[] = [];
    for (let match = PREDICATE.exec(rest); match !== null; match = PREDICATE.exec(rest)) {
      const [predicate, key = "", single, double] = match;
      keys.push({ key, value: single ?? double ?? USER });
      rest = rest.slice(predicate.length);
    }
    steps.push({ module, name, keys });
  }
  return steps.length === 0 ? undefined : steps;
}
