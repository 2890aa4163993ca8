import { RESULT, VALUE_FORMAT_JSON } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { rejectNul } from "./wasm-memory.ts";

/** @internal Addresses of the nodes an XPath selects. `node` 0: evaluated from the root of `tree`. */
export function findAll(core: ContextCore, node: number, tree: number, xpath: string): number[] {
  rejectNul(xpath, "the XPath");
  const { engine } = core;
  const { call } = engine;
  const result = engine.withStrings([xpath], (text = 0) =>
    call.lyd_find_xpath3(node, tree, text, VALUE_FORMAT_JSON, 0, 0, engine.out(0)),
  );
  core.check(result, "other");
  const set = engine.result(0);
  const found = Array.from({ length: call.lyw_set_count(set) }, (_, index) => call.lyw_set_node(set, index));
  call.lyw_set_free(set);
  return found;
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
