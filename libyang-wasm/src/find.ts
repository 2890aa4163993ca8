import { RESULT, VALUE_FORMAT_JSON } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { rejectNul } from "./wasm-memory.ts";
import { YangError } from "./yang-error.ts";

/** Bounds for XPath that comes from outside. libyang refuses expressions nested more than 100 deep by itself. */
export interface FindOptions {
  /**
   * How many nodes the evaluation may look at, 1 to 4,294,967,295; unlimited unless told. A node counts each time it is
   * looked at, and so does each evaluation of a part of the expression, each 256 octets of text and each 8 steps of
   * re-match(). It is the same number on every machine; a million takes about a tenth of a second. Beyond: ELIMIT.
   */
  maxNodes?: number;
  /** Length of the expression in UTF-16 units, as of a string; 65,536 unless told. Beyond: ELIMIT. */
  maxExpressionLength?: number;
}

const DEFAULT_MAX_EXPRESSION_LENGTH = 65_536;
const NO_BUDGET = 0;

/** @internal Addresses of the nodes an XPath selects. `node` 0: evaluated from the root of `tree`. */
export function findAll(
  core: ContextCore,
  node: number,
  tree: number,
  xpath: string,
  options: FindOptions = {},
): number[] {
  const { engine } = core;
  return evaluate(
    core,
    xpath,
    options,
    (text) => engine.call.lyd_find_xpath3(node, tree, text, VALUE_FORMAT_JSON, 0, 0, engine.out(0)),
    () => engine.takeSet(engine.result(0)),
  );
}

/** @internal The value of an XPath as a boolean (XPath 1.0 §4.3): of a node set, whether it is not empty. */
export function testAll(
  core: ContextCore,
  node: number,
  tree: number,
  xpath: string,
  options: FindOptions = {},
): boolean {
  const { engine } = core;
  return evaluate(
    core,
    xpath,
    options,
    (text) => engine.call.lyd_eval_xpath4(node, tree, 0, text, VALUE_FORMAT_JSON, 0, 0, 0, 0, 0, 0, engine.out(0)),
    () => engine.result(0) !== 0,
  );
}

/** @internal Address of the node an instance path names, 0 when there is none. */
export function findOne(core: ContextCore, node: number, path: string): number {
  rejectNul(path, "the path");
  const { engine } = core;
  const result = engine.withStrings([path], (text = 0) => engine.call.lyd_find_path(node, text, 0, engine.out(0)));
  if (result === RESULT.notFound || result === RESULT.incomplete) {
    core.forgetErrors();
    return 0;
  }
  core.check(result, "other");
  return engine.result(0);
}

/** @internal Runs a call that evaluates an expression, within the bounds, and takes its result over. */
export function evaluate<T>(
  core: ContextCore,
  xpath: string,
  options: FindOptions,
  run: (text: number) => number,
  take: () => T,
): T {
  rejectNul(xpath, "the XPath");
  const { maxNodes, maxExpressionLength = DEFAULT_MAX_EXPRESSION_LENGTH } = options;
  if (xpath.length > maxExpressionLength) {
    throw limitError(`The XPath expression is longer than ${maxExpressionLength} characters.`);
  }
  if (maxNodes !== undefined && !(maxNodes >= 1 && maxNodes <= 0xffffffff)) {
    throw new RangeError(`maxNodes is to be from 1 to ${0xffffffff}, not ${maxNodes}`);
  }
  const { engine } = core;
  const result = engine.withStrings([xpath], (text = 0) => {
    if (maxNodes === undefined) return run(text);
    engine.call.lyw_xpath_set_budget(maxNodes);
    return run(text);
  });
  const isUsedUp = maxNodes !== undefined && engine.call.lyw_xpath_set_budget(NO_BUDGET) !== 0;
  if (isUsedUp) {
    core.forgetErrors();
    // What there is of a result may be in no order: it was to be freed, not to be used.
    if (result === RESULT.success) take();
    throw limitError(`The XPath expression looks at more than ${maxNodes} nodes.`);
  }
  core.check(result, "other");
  return take();
}

function limitError(message: string): YangError {
  return new YangError("ELIMIT", [{ code: "ELIMIT", validationCode: "XPATH", message }], "other");
}
