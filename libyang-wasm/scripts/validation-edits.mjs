/** Edits of libyang's validation of a whole tree: modules are validated together, not one after the other. */
const VALIDATION = "src/validation.c";

/**
 * What a when has refused is settled: others need not wait for it, they see it there. A flag of the node, and the XPath
 * option of those that go by it, which a must does not.
 */
export const REFUSED_MARKS = "#define WHEN_REFUSED 0x40000000u\n#define OF_A_WHEN 0x40000000u\n\n";

/** Defaults come with the mark that their when is true. Until it was evaluated no other when may rely on that. */
const WHEN_EDITS = [
  {
    file: VALIDATION,
    find: `            prev_count = node_when->count;
            r = lyd_validate_unres_when(tree, mod, node_when, val_opts, when_xp_opts, node_types, diff);
            LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);
`,
    replace: `            prev_count = node_when->count;
            r = evaluate_whens(tree, mod, node_when, val_opts, when_xp_opts, node_types, meta_types, diff);
            LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);
`,
  },
  {
    // Those left over depend on each other: what they are about is there. What may go comes first: others must not rely on it.
    file: VALIDATION,
    find: "            assert((rc == LY_EVALID) && (val_opts & LYD_VALIDATE_MULTI_ERROR));\n",
    replace: `            while (!(val_opts & LYD_VALIDATE_NOT_FINAL)) {
                prev_count = node_when->count;
                r = evaluate_whens(tree, mod, node_when, val_opts, when_xp_opts | LYXP_IGNORE_WHEN | ONLY_WHAT_MAY_GO,
                        node_types, meta_types, diff);
                LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);
                if (prev_count == node_when->count) {
                    r = evaluate_whens(tree, mod, node_when, val_opts, when_xp_opts | LYXP_IGNORE_WHEN, node_types,
                            meta_types, diff);
                    LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);
                    break;
                }
                do {
                    prev_count = node_when->count;
                    r = evaluate_whens(tree, mod, node_when, val_opts, when_xp_opts, node_types, meta_types, diff);
                    LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);
                } while (prev_count > node_when->count);
            }
`,
  },
  {
    file: VALIDATION,
    find: "LY_ERR\nlyd_validate_unres(struct lyd_node **tree,",
    replace: `static LY_ERR
evaluate_whens(struct lyd_node **tree, const struct lys_module *mod, struct ly_set *node_when, uint32_t val_opts,
        uint32_t xpath_options, struct ly_set *node_types, struct ly_set *meta_types, struct lyd_node **diff)
{
    LY_ERR rc;
    uint32_t i;

    for (i = 0; i < node_when->count; ++i) {
        node_when->dnodes[i]->flags &= ~WHEN_REFUSED;
        node_when->dnodes[i]->flags ^= node_when->dnodes[i]->flags & LYD_WHEN_TRUE ? LYD_WHEN_TRUE | WHEN_WAS_TRUE : 0;
    }
    unresolved_metadata = meta_types;
    rc = lyd_validate_unres_when(tree, mod, node_when, val_opts, xpath_options | OF_A_WHEN, node_types, diff);
    unresolved_metadata = NULL;
    for (i = 0; i < node_when->count; ++i) {
        node_when->dnodes[i]->flags ^= node_when->dnodes[i]->flags & WHEN_WAS_TRUE ? LYD_WHEN_TRUE | WHEN_WAS_TRUE : 0;
    }
    return rc;
}

LY_ERR
lyd_validate_unres(struct lyd_node **tree,`,
  },
  {
    file: VALIDATION,
    find: "static LY_ERR\nlyd_validate_unres_when(",
    replace: `${REFUSED_MARKS}#define WHEN_WAS_TRUE 0x80000000u\n#define ONLY_WHAT_MAY_GO 0x20000000u

/* What goes with the node it is in goes whatever its own when says. */
static int
is_in_unsettled(const struct lyd_node *node)
{
    for (node = lyd_parent(node); node; node = lyd_parent(node)) {
        if (lysc_has_when(node->schema) && !(node->flags & (LYD_WHEN_TRUE | WHEN_REFUSED))) {
            return 1;
        }
    }
    return 0;
}

static LY_ERR
lyd_validate_unres_when(`,
  },
  {
    file: VALIDATION,
    find: `        r = lyd_validate_node_when(*tree, node, node->schema, xpath_options, &disabled);
        if (!r) {
            if (disabled) {
                /* when false */
                if (node->flags & LYD_WHEN_TRUE) {
`,
    replace: `        /* the when may look at its own node */
        was_true = node->flags & WHEN_WAS_TRUE;
        node->flags |= was_true ? LYD_WHEN_TRUE : 0;
        r = LY_EINCOMPLETE;
        if ((was_true || !(xpath_options & ONLY_WHAT_MAY_GO)) &&
                ((xpath_options & LYXP_IGNORE_WHEN) || !is_in_unsettled(node))) {
            r = lyd_validate_node_when(*tree, node, node->schema, xpath_options, &disabled);
        }
        node->flags &= ~(was_true ? LYD_WHEN_TRUE : 0);
        if (!r) {
            if (disabled) {
                /* when false */
                if (was_true || (node->flags & LYD_WHEN_TRUE)) {
`,
  },
  {
    file: VALIDATION,
    find: "                    /* invalid data */\n                    LOGVAL(LYD_CTX(node), LY_VCODE_NOWHEN,",
    replace:
      "                    /* invalid data */\n                    node->flags |= WHEN_REFUSED;\n" +
      "                    LOGVAL(LYD_CTX(node), LY_VCODE_NOWHEN,",
  },
  {
    file: VALIDATION,
    find: "                node->flags |= LYD_WHEN_TRUE;\n",
    replace: "                node->flags = (node->flags & ~WHEN_WAS_TRUE) | LYD_WHEN_TRUE;\n",
  },
  {
    file: VALIDATION,
    find: "    const struct lysc_when *disabled;\n    struct lyd_node *node = NULL;\n",
    replace: "    const struct lysc_when *disabled;\n    struct lyd_node *node = NULL;\n    uint32_t was_true;\n",
  },
];

export const VALIDATION_EDITS = [
  ...WHEN_EDITS,
  {
    // A default container goes for its when, before the when of what is in it could be evaluated.
    file: VALIDATION,
    find: `                assert(0 && "Please contact libyang support with the use-case that triggered this assert.");
                // ly_set_rm_index(node_when, idx, NULL);
`,
    replace: "                ly_set_rm_index_ordered(node_when, idx, NULL);\n",
  },
  {
    // Metadata of what goes for its when is not there any more when the values of metadata are resolved.
    file: VALIDATION,
    find: "    /* free */\n    lyd_free_tree(del);\n",
    replace: `    LYD_TREE_DFS_BEGIN(del, iter) {
        LY_LIST_FOR(unresolved_metadata && unresolved_metadata->count ? iter->meta : NULL, meta) {
            if (ly_set_contains(unresolved_metadata, meta, &idx)) {
                ly_set_rm_index(unresolved_metadata, idx, NULL);
            }
        }
        LYD_TREE_DFS_END(del, iter);
    }

    /* free */
    lyd_free_tree(del);
`,
  },
  {
    file: VALIDATION,
    find: "    struct lyd_node *iter;\n    ly_bool node_autodel = 0;\n",
    replace: "    struct lyd_node *iter;\n    struct lyd_meta *meta;\n    ly_bool node_autodel = 0;\n",
  },
  {
    file: VALIDATION,
    find: "static ly_bool\nlyd_validate_autodel_node_del(",
    replace:
      "/* Of the tree whose whens are evaluated. */\nstatic struct ly_set *unresolved_metadata;\n\n" +
      "static ly_bool\nlyd_validate_autodel_node_del(",
  },
  {
    // A when, a reference and a must can be about another module: the defaults, then the whens of all modules come first.
    file: VALIDATION,
    find: `        /* finish incompletely validated terminal values/attributes and when conditions */
        r = lyd_validate_unres(first2, mod, LYD_TYPE_DATA_YANG, node_when_p, 0, node_types_p, meta_types_p,
                ext_node_p, ext_val_p, val_opts, diff);
        LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);

        if (!(val_opts & LYD_VALIDATE_NOT_FINAL)) {
            /* perform final validation that assumes the data tree is final */
            r = lyd_validate_final_r(*first2, NULL, NULL, mod, NULL, val_opts, 0, 0, getnext_ht);
            LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);
        }

        /* free the getnext hash table */
`,
    replace: `        lyht_free(getnext_ht, lyd_val_getnext_ht_free_cb);
        getnext_ht = NULL;
    }

    r = lyd_validate_unres(tree, NULL, LYD_TYPE_DATA_YANG, node_when_p, 0, node_types_p, meta_types_p, ext_node_p,
            ext_val_p, val_opts, diff);
    LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);

    next = *tree;
    i = 0;
    while (!(val_opts & LYD_VALIDATE_NOT_FINAL)) {
        mod = val_opts & LYD_VALIDATE_PRESENT ? lyd_data_next_module(&next, &first) :
                lyd_mod_next_module(*tree, module, ctx, &i, &first);
        if (!mod) {
            break;
        }
        r = lyd_val_getnext_ht_new(&getnext_ht);
        LY_CHECK_ERR_GOTO(r, rc = r, cleanup);
        r = lyd_validate_final_r(first, NULL, NULL, mod, NULL, val_opts, 0, 0, getnext_ht);
        LY_VAL_ERR_GOTO(r, rc = r, val_opts, cleanup);
`,
  },
];
