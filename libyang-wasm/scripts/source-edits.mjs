/**
 * The changes made to libyang's sources, each a piece of text that must occur exactly once. A new libyang that no
 * longer has it stops the build here, rather than building something that silently lacks the change.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildFailure } from "./report.mjs";

export const SOURCE_EDITS = [
  {
    // RFC 6243 §4.5.2 wants the attribute in this namespace; libyang uses the YANG module's.
    file: "src/printer_xml.c",
    find: "xml_print_ns(pctx, mod->ns, mod->prefix, 0)",
    replace: 'xml_print_ns(pctx, "urn:ietf:params:xml:ns:netconf:default:1.0", mod->prefix, 0)',
  },
  {
    // Handles to a node die with it, whoever frees it: see native/shim/handles.c.
    file: "src/tree_data_free.c",
    find: "lyd_free_subtree(struct lyd_node *node)\n{\n",
    replace:
      "lyd_free_subtree(struct lyd_node *node)\n{\n    extern void lyw_forget_node(struct lyd_node *freed);\n    lyw_forget_node(node);\n",
  },
];

/** The edited text of each changed file: `Map<path in libyang's tree, text>`. */
export function editedSources(libyangDir) {
  const texts = new Map();
  for (const { file, find, replace } of SOURCE_EDITS) {
    const text = texts.get(file) ?? readFileSync(join(libyangDir, file), "utf8");
    const occurrences = text.split(find).length - 1;
    if (occurrences !== 1) {
      throw new BuildFailure(
        "generate",
        `the text to change occurs ${occurrences} times in libyang's ${file}, not once`,
        "adapt scripts/source-edits.mjs to this version of libyang",
      );
    }
    texts.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return texts;
}
