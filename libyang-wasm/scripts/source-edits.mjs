/**
 * The changes made to libyang's sources, each a piece of text that must occur exactly once, or as often as `times` says.
 * A new libyang that no longer has it stops the build here, rather than building something that silently lacks the
 * change.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTS_EDITS } from "./defaults-edits.mjs";
import { PARSER_EDITS } from "./parser-edits.mjs";
import { BuildFailure } from "./report.mjs";
import { VALIDATION_EDITS } from "./validation-edits.mjs";
import { XPATH_EDITS } from "./xpath-edits.mjs";

export const SOURCE_EDITS = [
  ...DEFAULTS_EDITS,
  ...VALIDATION_EDITS,
  {
    // Handles to a node die with it, whoever frees it: see native/shim/handles.c.
    file: "src/tree_data_free.c",
    find: "lyd_free_subtree(struct lyd_node *node)\n{\n",
    replace:
      "lyd_free_subtree(struct lyd_node *node)\n{\n    extern void lyw_forget_node(struct lyd_node *freed);\n    lyw_forget_node(node);\n",
  },
  {
    // A copy in the same context has the same keys. To hash those again is most of what a copy costs where one is a union.
    file: "src/tree_data.c",
    find: "        lyd_hash(dup);\n",
    replace:
      "        if (trg_ctx == LYD_CTX(node)) {\n            dup->hash = node->hash;\n" +
      "        } else {\n            lyd_hash(dup);\n        }\n",
  },
  {
    // A hash table takes more memory than a list entry's leafs, and looking through a few is as fast.
    file: "src/tree_data_hash.c",
    find: "        if (u >= LYD_HT_MIN_ITEMS) {\n",
    replace: "        if (u >= 20) {\n",
  },
  {
    // Validation tells anew which type of a union a value has, by what is there for it to refer to: the same value may
    // have one type in one tree and another in the next, and must still be found.
    file: "src/plugins_types/union.c",
    find: "    if (val1->subvalue->value.realtype != val2->subvalue->value.realtype) {\n        return LY_ENOT;\n    }\n",
    replace:
      "    if (val1->subvalue->value.realtype != val2->subvalue->value.realtype) {\n" +
      "        return strcmp(lyd_value_get_canonical(ctx, val1), lyd_value_get_canonical(ctx, val2)) ? LY_ENOT : LY_SUCCESS;\n" +
      "    }\n",
  },
  {
    // And its place among the sorted must not depend on that: the tree that they are sorted with would be broken.
    file: "src/plugins_types/union.c",
    find: "    LY_ARRAY_COUNT_TYPE u;\n    struct lysc_type **types, *type;\n\n    if (val1->subvalue->value.realtype ==",
    replace:
      "    LY_ARRAY_COUNT_TYPE u;\n    struct lysc_type **types, *type;\n" +
      "    size_t length1 = val1->subvalue->orig_len, length2 = val2->subvalue->orig_len;\n\n" +
      "    types = ((struct lysc_type_union *)val1->realtype)->types;\n" +
      "    LY_ARRAY_FOR(types, u) {\n" +
      "        if (types[u]->basetype == LY_TYPE_LEAFREF) {\n" +
      "            rc = memcmp(val1->subvalue->original, val2->subvalue->original, length1 < length2 ? length1 : length2);\n" +
      "            return rc ? rc : length1 < length2 ? -1 : length1 > length2;\n        }\n    }\n" +
      "    if (val1->subvalue->value.realtype ==",
  },
  {
    // A value of a union keeps the namespaces that were in scope, in 130 octets, for the types that may need them.
    file: "src/plugins_types/union.c",
    find: "LIBYANG_API_DEF LY_ERR\nlyplg_type_store_union(",
    replace: `static ly_bool
reads_prefixes(const struct lysc_type_union *type_u)
{
    LY_ARRAY_COUNT_TYPE u;
    const struct lysc_type *type;

    LY_ARRAY_FOR(type_u->types, u) {
        type = type_u->types[u];
        while (type->basetype == LY_TYPE_LEAFREF) {
            type = ((const struct lysc_type_leafref *)type)->realtype;
        }
        if ((type->basetype == LY_TYPE_IDENT) || (type->basetype == LY_TYPE_INST) || (type->basetype == LY_TYPE_UNION)) {
            return 1;
        }
        if ((type->basetype == LY_TYPE_STRING) && (type->plugin->store != lyplg_type_store_string) &&
                strncmp(type->plugin->id, "libyang 2 - ip", 14)) {
            return 1;
        }
    }
    return 0;
}

LIBYANG_API_DEF LY_ERR
lyplg_type_store_union(`,
  },
  {
    file: "src/plugins_types/union.c",
    find: `        ret = lyplg_type_prefix_data_new(ctx, value, value_len, format, prefix_data, &subvalue->format,
                &subvalue->prefix_data);
        LY_CHECK_GOTO(ret, cleanup);

        /* use the first usable`,
    replace: `        if (reads_prefixes(type_u)) {
            ret = lyplg_type_prefix_data_new(ctx, value, value_len, format, prefix_data, &subvalue->format,
                    &subvalue->prefix_data);
            LY_CHECK_GOTO(ret, cleanup);
        } else {
            subvalue->format = LY_VALUE_JSON;
        }

        /* use the first usable`,
  },
  {
    // RFC 8341 appendix A.4 writes paths with white space around them.
    file: "src/plugins_types/node_instanceid.c",
    find: "static LY_ERR\nlyplg_type_store_node_instanceid(",
    replace: `#include "xml.h"

static LY_ERR
parse_trimmed(const struct ly_ctx *ctx, const struct lysc_node *ctx_node, const char *text, size_t length,
        uint32_t prefix_opt, struct lyxp_expr **exp)
{
    while (length > 1 && is_xmlws(text[length - 1])) {
        --length;
    }
    while (length > 1 && is_xmlws(text[0])) {
        ++text;
        --length;
    }
    return ly_path_parse(ctx, ctx_node, text, length, 0, LY_PATH_BEGIN_ABSOLUTE, prefix_opt, LY_PATH_PRED_SIMPLE, exp);
}

static LY_ERR
lyplg_type_store_node_instanceid(`,
  },
  {
    file: "src/plugins_types/node_instanceid.c",
    find: 'ly_path_parse(ctx, ctx_node, value, value_len, 0, LY_PATH_BEGIN_ABSOLUTE, prefix_opt, LY_PATH_PRED_SIMPLE, &exp);\n    if (ret) {\n        ret = ly_err_new(err, LY_EVALID, LYVE_DATA, NULL, NULL,\n                "Invalid node',
    replace:
      'parse_trimmed(ctx, ctx_node, value, value_len, prefix_opt, &exp);\n    if (ret) {\n        ret = ly_err_new(err, LY_EVALID, LYVE_DATA, NULL, NULL,\n                "Invalid node',
  },
  {
    // A diff creates what was there as a default only, if at all: see native/shim/edit.c. libyang leaves both instances.
    file: "src/diff.c",
    find: "static LY_ERR\nlyd_diff_apply_r(",
    replace: `LY_ERR lyw_make_room(struct lyd_node *siblings, const struct lyd_node *node, struct lyd_node **first);

static LY_ERR
lyd_diff_create(struct lyd_node **first_node, const struct lyd_node *diff_node, struct lyd_node **created)
{
    LY_CHECK_RET(lyw_make_room(*first_node, diff_node, first_node));
    return lyd_dup_single(diff_node, NULL, LYD_DUP_NO_META, created);
}

static LY_ERR
lyd_diff_apply_r(`,
  },
  {
    file: "src/diff.c",
    find: "LY_CHECK_RET(lyd_dup_single(diff_node, NULL, LYD_DUP_NO_META, &match));",
    replace: "LY_CHECK_RET(lyd_diff_create(first_node, diff_node, &match));",
    times: 2,
  },
  ...PARSER_EDITS,
  ...XPATH_EDITS,
];

/** The edited text of each changed file: `Map<path in libyang's tree, text>`. */
export function editedSources(libyangDir) {
  const texts = new Map();
  for (const { file, find, replace, times = 1 } of SOURCE_EDITS) {
    const text = texts.get(file) ?? readFileSync(join(libyangDir, file), "utf8");
    const occurrences = text.split(find).length - 1;
    if (occurrences !== times) {
      throw new BuildFailure(
        "generate",
        `the text to change occurs ${occurrences} times in libyang's ${file}, not ${times}: ${find.slice(0, 100)}`,
        "adapt scripts/source-edits.mjs to this version of libyang",
      );
    }
    texts.set(
      file,
      text.replaceAll(find, () => replace),
    );
  }
  return texts;
}
