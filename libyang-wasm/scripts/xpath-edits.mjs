import { REFUSED_MARKS } from "./validation-edits.mjs";

/**
 * Edits of libyang's XPath evaluator: what it costs can be bounded (native/shim/budget.c), and expressions that
 * made it fail an assertion, or read one kind of node as another, do not. Filters come from clients.
 */
const XPATH = "src/xpath.c";

/** What a when waits for: other whens that what it says depends on, and no more. Else two may seem to wait for each other. */
const WAITING_EDITS = [
  {
    file: XPATH,
    find: "    if (!(options & LYXP_IGNORE_WHEN) && lysc_has_when(schema) && !(node->flags & LYD_WHEN_TRUE) &&\n            (node != set->cur_node)) {\n",
    replace: "    if (has_to_wait(node, set, options)) {\n",
  },
  {
    file: XPATH,
    find: "sub && lysc_has_when(sub->schema) && !(sub->flags & LYD_WHEN_TRUE)) {",
    replace: "sub && lysc_has_when(sub->schema) && !is_settled(sub, options)) {",
  },
  {
    // "//": the children are where the search begins, whatever their names.
    file: XPATH,
    find: "    rc = xpath_pi_node(set, LYXP_AXIS_CHILD, options);\n",
    replace: "    rc = xpath_pi_node(set, LYXP_AXIS_CHILD, options | LYXP_IGNORE_WHEN);\n",
  },
  {
    file: XPATH,
    find: "                for (i = 0; i < targets->count; ++i) {\n                    set_insert_node(",
    replace:
      "                for (i = 0; i < targets->count; ++i) {\n" +
      "                    if (has_to_wait(targets->dnodes[i], set, options)) {\n" +
      "                        ret = LY_EINCOMPLETE;\n                        goto cleanup;\n                    }\n" +
      "                    set_insert_node(",
  },
  {
    // The value of an inner node is made of those of all leafs in it.
    file: XPATH,
    find: "    if (!node) {\n        /* fake container */\n",
    replace:
      "    if ((evaluation_options & OF_A_WHEN) && has_to_wait(node, set, evaluation_options)) {\n" +
      "        return LY_EINCOMPLETE;\n    }\n\n    if (!node) {\n        /* fake container */\n",
  },
  {
    file: XPATH,
    find: `    rc = eval_expr_select(exp, &tok_idx, 0, set, options);
    if (!rc && set->not_found) {
        rc = LY_ENOTFOUND;
    }
    if (rc) {
`,
    replace: `    const uint32_t outer_options = evaluation_options;
    evaluation_options = options;
    rc = eval_expr_select(exp, &tok_idx, 0, set, options);
    evaluation_options = outer_options;
    if (!rc && set->not_found) {
        rc = LY_ENOTFOUND;
    }
    if (rc) {
`,
  },
];

/** What is added where the evaluator does work. */
const BUDGET_EDITS = [
  {
    file: XPATH,
    find: "static LY_ERR reparse_or_expr(const struct ly_ctx *ctx, struct lyxp_expr *exp, uint32_t *tok_idx, uint32_t depth);\n",
    replace: `${REFUSED_MARKS}/* Of the evaluation under way, for what is not told them. */
static uint32_t evaluation_options;

static int
is_settled(const struct lyd_node *node, uint32_t options)
{
    return node->flags & (options & OF_A_WHEN ? LYD_WHEN_TRUE | WHEN_REFUSED : LYD_WHEN_TRUE);
}

/* For a when it matters too what the node is in, which a step may have passed by. */
static int
has_to_wait(const struct lyd_node *node, const struct lyxp_set *set, uint32_t options)
{
    if (options & LYXP_IGNORE_WHEN) {
        return 0;
    }
    for (; node && (node != set->cur_node); node = options & OF_A_WHEN ? lyd_parent(node) : NULL) {
        if (lysc_has_when(node->schema) && !is_settled(node, options)) {
            return 1;
        }
    }
    return 0;
}

static LY_ERR reparse_or_expr(const struct ly_ctx *ctx, struct lyxp_expr *exp, uint32_t *tok_idx, uint32_t depth);
LY_ERR lyw_xpath_spend(size_t nodes);
uint32_t lyw_meta_is_internal(const struct lyd_meta *meta);
static LY_ERR moveto_attr(struct lyxp_set *set, const struct lys_module *mod, const char *ncname, uint32_t options);
`,
  },
  {
    // Each evaluation of each part of the expression: predicates and functions do it once for each node.
    file: XPATH,
    find: "    LY_ERR rc;\n\n    /* process operator repeats */\n",
    replace: "    LY_ERR rc;\n\n    LY_CHECK_RET(lyw_xpath_spend(1));\n\n    /* process operator repeats */\n",
  },
  {
    // Each node of a step along an axis.
    file: XPATH,
    find: `            r = moveto_node_check(iter, iter_type, set, ncname, moveto_mod, options);
            if (r == LY_EINCOMPLETE) {
                rc = r;
                goto cleanup;
`,
    replace: `            LY_CHECK_GOTO(rc = lyw_xpath_spend(1), cleanup);
            r = moveto_node_check(iter, iter_type, set, ncname, moveto_mod, options);
            if (r == LY_EINCOMPLETE) {
                rc = r;
                goto cleanup;
`,
  },
  {
    // Each look into a hash table.
    file: XPATH,
    find: "        siblings = NULL;\n\n        if ((set->val.nodes[i].type == LYXP_NODE_ROOT_CONFIG)",
    replace:
      "        siblings = NULL;\n        LY_CHECK_GOTO(ret = lyw_xpath_spend(1), cleanup);\n\n" +
      "        if ((set->val.nodes[i].type == LYXP_NODE_ROOT_CONFIG)",
  },
  {
    // Each search for a node's child in the model. Attributes have none.
    file: XPATH,
    find: "        for (i = 0; i < set->used; ++i) {\n            if (eval_name_test_with_predicate_get_scnode(",
    replace:
      "        for (i = 0; i < set->used; ++i) {\n            LY_CHECK_GOTO(rc = lyw_xpath_spend(1), cleanup);\n" +
      "            if (set->val.nodes[i].type == LYXP_NODE_META) {\n                scnode = NULL;\n" +
      "                break;\n            }\n            if (eval_name_test_with_predicate_get_scnode(",
  },
  {
    // Each node a predicate is about.
    file: XPATH,
    find: "        for (i = 0; i < set->used; ++i) {\n            set_init(&set2, set);\n",
    replace:
      "        for (i = 0; i < set->used; ++i) {\n            LY_CHECK_RET(lyw_xpath_spend(1));\n" +
      "            set_init(&set2, set);\n",
  },
  ...["set1", "set2"].map((name) => ({
    // Each item of a comparison with a node set.
    file: XPATH,
    find: `            for (i = 0; i < ${name}->used; ++i) {\n                /* evaluate for the single item */\n`,
    replace: `            for (i = 0; i < ${name}->used; ++i) {\n                LY_CHECK_RET(lyw_xpath_spend(1));\n`,
  })),
  {
    // Each node and each 256 octets that become part of a string. The string grows by halves, not by 16 octets.
    file: XPATH,
    find: `    if (*size - (unsigned)*used < needed) {
        do {
            if ((UINT32_MAX - *size) < LYXP_STRING_CAST_SIZE_STEP) {
                LOGERR(ctx, LY_EINVAL, "XPath string length limit (%" PRIu32 ") reached.", UINT32_MAX);
                return LY_EINVAL;
            }
            *size += LYXP_STRING_CAST_SIZE_STEP;
`,
    replace: `    LY_CHECK_RET(lyw_xpath_spend(1 + needed / 256));
    if (*size - (unsigned)*used < needed) {
        do {
            if ((UINT32_MAX - *size) < LYXP_STRING_CAST_SIZE_STEP + *size / 2) {
                LOGERR(ctx, LY_EINVAL, "XPath string length limit (%" PRIu32 ") reached.", UINT32_MAX);
                return LY_EINVAL;
            }
            *size += LYXP_STRING_CAST_SIZE_STEP + *size / 2;
`,
  },
  {
    file: XPATH,
    find: "    lyxp_set_free_content(set);\n\n    set->type = LYXP_SET_STRING;\n    if ((str_len == 0)",
    replace:
      "    lyxp_set_free_content(set);\n    (void)lyw_xpath_spend(str_len / 256);\n\n" +
      "    set->type = LYXP_SET_STRING;\n    if ((str_len == 0)",
  },
  {
    // translate() compares each character of one string with those of another.
    file: XPATH,
    find: "    have_removed = 0;\n    for (i = 0; args[0]->val.str[i]; ++i) {\n        ly_bool found = 0;\n",
    replace: `    have_removed = 0;
    const size_t to_len = strlen(args[2]->val.str);
    for (i = 0; args[0]->val.str[i]; ++i) {
        ly_bool found = 0;
`,
  },
  {
    file: XPATH,
    find: "                if (j >= strlen(args[2]->val.str)) {\n",
    replace: "                if (j >= to_len) {\n",
  },
  {
    file: XPATH,
    find: "        /* copying this char */\n        if (!found) {\n",
    replace: `        if (lyw_xpath_spend(j / 64)) {
            free(new);
            return LY_EDENIED;
        }

        /* copying this char */
        if (!found) {
`,
  },
  {
    // A longer pattern does not fit PCRE2's internal form, but would first be converted at length.
    file: XPATH,
    find: "    LY_ARRAY_NEW_RET(set->ctx, patterns, pattern, LY_EMEM);\n    *pattern = calloc(1, sizeof **pattern);\n",
    replace: `    LY_CHECK_RET(lyw_xpath_spend(1 + strlen(args[1]->val.str) / 8));
    if (strlen(args[1]->val.str) > UINT16_MAX) {
        LOGVAL(set->ctx, LYVE_XPATH, "Pattern of re-match() too long.");
        return LY_EVALID;
    }
    LY_ARRAY_NEW_RET(set->ctx, patterns, pattern, LY_EMEM);
    *pattern = calloc(1, sizeof **pattern);
`,
  },
  {
    file: "src/tree_data_common.c",
    find: "    r = pcre2_match(pcode, (PCRE2_SPTR)str, str_len, 0, match_opts, match_data, NULL);\n",
    replace: `    extern int lyw_pattern_match(const pcre2_code *, const char *, size_t, uint32_t, pcre2_match_data *);
    r = lyw_pattern_match(pcode, str, str_len, match_opts, match_data);
`,
  },
];

/** Keeping sets in document order: by one sort where it can be lost, not by sorting after each step to assert it was kept. */
const ORDER_EDITS = [
  { file: XPATH, find: "        assert(!set_sort(args[0]));\n", replace: "", times: 3 },
  { file: XPATH, find: "assert(!set_sort(set));\n", replace: "(void)set;\n", times: 8 },
  {
    // Each node passed on the way to the one whose position is wanted.
    file: XPATH,
    find: "                ++pos;\n            }\n\n            LYD_TREE_DFS_END(top_sibling, elem);\n",
    replace:
      "                ++pos;\n            }\n            if (lyw_xpath_spend(1)) {\n                return pos;\n            }\n\n" +
      "            LYD_TREE_DFS_END(top_sibling, elem);\n",
  },
  {
    // With the budget used up the positions are wrong, and nothing is left to sort for. Otherwise not by bubbles.
    file: XPATH,
    find: `    for (i = 0; i < set->used; ++i) {
        inverted = 0;
        change = 0;

        for (j = 1; j < set->used - i; ++j) {
            /* compare node positions */
            if (inverted) {
                cmp = set_sort_compare(&set->val.nodes[j], &set->val.nodes[j - 1]);
            } else {
                cmp = set_sort_compare(&set->val.nodes[j - 1], &set->val.nodes[j]);
            }

            /* swap if needed */
            if ((inverted && (cmp < 0)) || (!inverted && (cmp > 0))) {
                change = 1;

                item = set->val.nodes[j - 1];
                set->val.nodes[j - 1] = set->val.nodes[j];
                set->val.nodes[j] = item;
            } else {
                /* whether node_pos1 should be smaller than node_pos2 or the other way around */
                inverted = !inverted;
            }
        }

        ++ret;

        if (!change) {
            break;
        }
    }
`,
    replace: `    if (lyw_xpath_spend(set->used)) {
        return 0;
    }
    qsort(set->val.nodes, set->used, sizeof *set->val.nodes, (int (*)(const void *, const void *))set_sort_compare);
`,
  },
  {
    // The table of hashes does not follow an element that was replaced by its attribute.
    file: XPATH,
    find: `    /* check node hashes */
    if (set->used >= LYD_HT_MIN_ITEMS) {
        assert(set->ht);
        for (i = 0; i < set->used; ++i) {
            hnode.node = set->val.nodes[i].node;
            hnode.type = set->val.nodes[i].type;

            hash = lyht_hash_multi(0, (const char *)&hnode.node, sizeof hnode.node);
            hash = lyht_hash_multi(hash, (const char *)&hnode.type, sizeof hnode.type);
            hash = lyht_hash_multi(hash, NULL, 0);

            assert(!lyht_find(set->ht, &hnode, hash, NULL));
        }
    }

    return ret - 1;
`,
    replace: "    return 0;\n",
  },
  {
    // The comparison gets its arguments as qsort gives them.
    file: XPATH,
    find: "set_sort_compare(struct lyxp_set_node *item1, struct lyxp_set_node *item2)\n",
    replace: "set_sort_compare(const struct lyxp_set_node *item1, const struct lyxp_set_node *item2)\n",
  },
  {
    // A union: what is new goes to the end, then everything into order.
    file: XPATH,
    find: `    LY_ERR rc;

    if ((set1->type != LYXP_SET_NODE_SET) || (set2->type != LYXP_SET_NODE_SET)) {
        LOGVAL(set1->ctx, LY_VCODE_XP_INOP_2, "union"`,
    replace: `    if ((set1->type != LYXP_SET_NODE_SET) || (set2->type != LYXP_SET_NODE_SET)) {
        LOGVAL(set1->ctx, LY_VCODE_XP_INOP_2, "union"`,
  },
  {
    file: XPATH,
    find: `    /* we assume sets are sorted */
    assert(!set_sort(set1) && !set_sort(set2));

    /* sort, remove duplicates */
    rc = set_sorted_merge(set1, set2);
    LY_CHECK_RET(rc);

    /* final set must be sorted */
    assert(!set_sort(set1));

    return LY_SUCCESS;
`,
    replace: `    for (uint32_t i = 0; i < set2->used; ++i) {
        const struct lyxp_set_node *item = &set2->val.nodes[i];

        LY_CHECK_RET(lyw_xpath_spend(1));
        if (!set_dup_node_check(set1, item->node, item->type, -1)) {
            set_insert_node(set1, item->node, item->pos, item->type, set1->used);
        }
    }
    set1->non_child_axis |= set2->non_child_axis;
    lyxp_set_free_content(set2);
    set_sort(set1);
    return LY_SUCCESS;
`,
  },
];

/** Wrong uses of nodes. */
const NODE_EDITS = [
  {
    // The search that starts again went on from the last top-level node where that has no children, and never ended.
    file: XPATH,
    find: "            *prev = root;\n\n            top_sibling = root;\n            pos = 1;\n",
    replace:
      "            *prev = root;\n\n            top_sibling = root;\n            elem = NULL;\n            pos = 1;\n",
  },
  {
    // What is not finite was left as what the argument was evaluated from, which may be the context node.
    file: XPATH,
    find: "        set_fill_number(set, (long long)args[0]->val.num);\n    }\n\n    return LY_SUCCESS;",
    replace:
      "        set_fill_number(set, (long long)args[0]->val.num);\n    } else {\n" +
      "        set_fill_number(set, args[0]->val.num);\n    }\n\n    return LY_SUCCESS;",
  },
  {
    // Only elements and the root have children: attributes are other structures, texts are kept as their elements.
    file: XPATH,
    find: "        } else {\n            /* search in children */\n            next = lyd_child(node);\n",
    replace:
      "        } else if (node_type == LYXP_NODE_ELEM) {\n            /* search in children */\n" +
      "            next = lyd_child(node);\n",
  },
  {
    file: XPATH,
    find: "            next = set->tree;\n            next_type = LYXP_NODE_ELEM;\n        } else if (node_type == LYXP_NODE_ELEM) {\n            /* start from",
    replace:
      "            next = set->tree;\n            next_type = next ? LYXP_NODE_ELEM : 0;\n" +
      "        } else if (node_type == LYXP_NODE_ELEM) {\n            /* start from",
  },
  {
    // "//": a node below another one of the set was reached from there. Reaching it twice put it into the set twice.
    file: XPATH,
    find: `        /* TREE DFS */
        start = set->val.nodes[i].node;
        for (elem = next = start; elem; elem = next) {
            rc = moveto_node_check(elem, LYXP_NODE_ELEM, set, ncname, moveto_mod, options);
            if (!rc) {
                /* add matching node into result set */
                set_insert_node(&ret_set, elem, 0, LYXP_NODE_ELEM, ret_set.used);
                if (set_dup_node_check(set, elem, LYXP_NODE_ELEM, i)) {
                    /* the node is a duplicate, we'll process it later in the set */
                    goto skip_children;
                }
            } else if (rc == LY_EINCOMPLETE) {
                return rc;
            } else if (rc == LY_EINVAL) {
`,
    replace: `        /* the set is in document order: what lies below an earlier node comes right after it */
        for (elem = set->val.nodes[i].node; elem && (elem != start); elem = lyd_parent(elem)) {}
        if (elem) {
            continue;
        }

        /* TREE DFS */
        start = set->val.nodes[i].node;
        for (elem = next = start; elem; elem = next) {
            rc = lyw_xpath_spend(1);
            rc = rc ? rc : moveto_node_check(elem, LYXP_NODE_ELEM, set, ncname, moveto_mod, options);
            if (!rc) {
                set_insert_node(&ret_set, elem, 0, LYXP_NODE_ELEM, ret_set.used);
                /* with a node and one below it in the set, their children are out of order */
                for (above = elem; above && (above != outer); above = lyd_parent(above)) {}
                ret_set.non_child_axis |= above != NULL;
                outer = above ? outer : elem;
            } else if ((rc == LY_EINCOMPLETE) || (rc == LY_EDENIED)) {
                lyxp_set_free_content(&ret_set);
                return rc;
            } else if (rc == LY_EINVAL) {
`,
  },
  {
    file: XPATH,
    find: "    const struct lyd_node *next, *elem, *start;\n    struct lyxp_set ret_set;\n",
    replace:
      "    const struct lyd_node *next, *elem, *start = NULL, *outer = NULL, *above;\n    struct lyxp_set ret_set;\n",
  },
  {
    // Attributes, into a set of their own. Opaque nodes have theirs in another form; libyang's own are nobody's business.
    file: XPATH,
    find: `static LY_ERR
moveto_attr(struct lyxp_set *set, const struct lys_module *mod, const char *ncname, uint32_t options)
{
    struct lyd_meta *sub;

`,
    replace: `static LY_ERR
replace_by_attributes(struct lyxp_set *set, const struct lys_module *mod, const char *ncname)
{
    const struct lyd_meta *sub;
    struct lyxp_set result;

    set_init(&result, set);
    for (uint32_t i = 0; i < set->used; ++i) {
        const struct lyxp_set_node *item = &set->val.nodes[i];

        if (lyw_xpath_spend(1)) {
            lyxp_set_free_content(&result);
            return LY_EDENIED;
        }
        if ((item->type != LYXP_NODE_ELEM) || !item->node->schema) {
            continue;
        }
        for (sub = item->node->meta; sub; sub = sub->next) {
            if ((!mod || (sub->annotation->module == mod)) && (!ncname || (sub->name == ncname)) &&
                    !lyw_meta_is_internal(sub)) {
                set_insert_node(&result, (const struct lyd_node *)sub, item->pos, LYXP_NODE_META, result.used);
            }
        }
    }
    lyxp_set_free_content(set);
    *set = result;
    return LY_SUCCESS;
}

static LY_ERR
moveto_attr(struct lyxp_set *set, const struct lys_module *mod, const char *ncname, uint32_t options)
{
`,
  },
  ...[
    "elem (not dummy) can be in the result, skip all the rest;\n         * our attributes are always qualified",
    "elem can be in the result, skip all the rest,\n         * we have all attributes qualified in lyd tree",
  ].map((comment, index) => ({
    file: XPATH,
    find: `    for (uint32_t i = 0; i < set->used; ) {
        ly_bool replaced = 0;

        /* only attributes of an ${comment} */
        if (set->val.nodes[i].type == LYXP_NODE_ELEM) {
            for (sub = set->val.nodes[i].node->meta; sub; sub = sub->next) {
${index === 0 ? "\n" : ""}                /* check "namespace" */
                if (mod && (sub->annotation->module != mod)) {
                    continue;
                }

                if (!ncname || (sub->name == ncname)) {
                    /* match */
                    if (!replaced) {
                        set->val.meta[i].meta = sub;
                        set->val.meta[i].type = LYXP_NODE_META;
                        /* pos does not change */
                        replaced = 1;
                    } else {
                        set_insert_node(set, (struct lyd_node *)sub, set->val.${index === 0 ? "nodes" : "meta"}[i].pos, LYXP_NODE_META, i + 1);
                    }
                    ++i;
                }
            }
        }

        if (!replaced) {
            /* no match */
            set_remove_node(set, i);
        }
    }

    return LY_SUCCESS;
`,
    replace: "    return replace_by_attributes(set, mod, ncname);\n",
  })),
  {
    file: XPATH,
    find: "    struct lyd_meta *sub;\n    struct lyxp_set *set_all_desc = NULL;\n",
    replace: "    struct lyxp_set *set_all_desc = NULL;\n",
  },
  {
    // "attribute::node()" went the way of the other axes, which have no attributes.
    file: XPATH,
    find: "xpath_pi_node(struct lyxp_set *set, enum lyxp_axis axis, uint32_t options)\n{\n",
    replace: `xpath_pi_node(struct lyxp_set *set, enum lyxp_axis axis, uint32_t options)
{
    if (axis == LYXP_AXIS_ATTRIBUTE) {
        if (options & LYXP_SCNODE_ALL) {
            set_scnode_clear_ctx(set, LYXP_SET_SCNODE_ATOM_NODE);
            return LY_SUCCESS;
        }
        return moveto_attr(set, NULL, NULL, options);
    }
`,
  },
  {
    // What functions read as a leaf may be the root, an attribute, a container, or an opaque node.
    file: XPATH,
    find: "static LY_ERR\nxpath_bit_is_set(",
    replace: `static ly_bool
is_term(const struct lyxp_set_node *item)
{
    return (item->type == LYXP_NODE_ELEM) && item->node->schema && (item->node->schema->nodetype & LYD_NODE_TERM);
}

static LY_ERR
xpath_bit_is_set(`,
  },
  {
    file: XPATH,
    find: "    if (args[0]->used && (args[0]->val.nodes[0].node->schema->nodetype & LYD_NODE_TERM)) {\n",
    replace: "    if (args[0]->used && is_term(&args[0]->val.nodes[0])) {\n",
  },
  {
    file: XPATH,
    find: "    set_fill_number(set, NAN);\n    if (args[0]->used) {\n",
    replace: "    set_fill_number(set, NAN);\n    if (args[0]->used && is_term(&args[0]->val.nodes[0])) {\n",
  },
  {
    file: XPATH,
    find: "    lyxp_set_free_content(set);\n    if (args[0]->used) {\n        leaf = (struct lyd_node_term *)",
    replace:
      "    lyxp_set_free_content(set);\n    if (args[0]->used && is_term(&args[0]->val.nodes[0])) {\n" +
      "        leaf = (struct lyd_node_term *)",
  },
  {
    file: XPATH,
    find: "            } else {\n                assert(sleaf->type->basetype == LY_TYPE_INST);\n",
    replace: "            } else if (sleaf->type->basetype == LY_TYPE_INST) {\n",
  },
  {
    file: XPATH,
    find: "                    set_insert_node(set, targets->dnodes[i], 0, LYXP_NODE_ELEM, 0);\n",
    replace: "                    set_insert_node(set, targets->dnodes[i], 0, LYXP_NODE_ELEM, set->used);\n",
  },
  {
    file: XPATH,
    find: "        set_fill_string(set, mod->ns, strlen(mod->ns));\n",
    replace: '        set_fill_string(set, mod ? mod->ns : "", mod ? strlen(mod->ns) : 0);\n',
  },
  {
    file: XPATH,
    find: "        for (meta = node->meta; meta; meta = meta->next) {\n            /* annotations */\n",
    replace:
      "        for (meta = node->schema ? node->meta : NULL; meta; meta = meta->next) {\n            /* annotations */\n",
  },
  {
    file: XPATH,
    find: "            LYD_HINT_DATA, xp_node->node->schema, &val, NULL, &err);\n",
    replace: `            LYD_HINT_DATA, xp_node->type == LYXP_NODE_META ? ((struct lyd_meta *)xp_node->node)->parent->schema :
            xp_node->node->schema, &val, NULL, &err);
`,
  },
  {
    // Empty anydata has no first line.
    file: XPATH,
    find: '            line = strtok_r(buf, "\\n", &ptr);\n            do {\n',
    replace: `            line = strtok_r(buf, "\\n", &ptr);
            if (!line) {
                free(buf);
                break;
            }
            do {
`,
  },
  {
    file: XPATH,
    find: "        rc = cast_node_set_to_string(&set_item, &str);\n        LY_CHECK_RET(rc);\n        num =",
    replace:
      "        rc = cast_node_set_to_string(&set_item, &str);\n" +
      "        LY_CHECK_ERR_RET(rc, free(set_item.val.nodes), rc);\n        num =",
  },
];

/** XPath 1.0, where libyang does otherwise. */
const VALUE_EDITS = [
  {
    // §2.3: the root is no element, so that "*" does not select it: of the axes only these four come to it.
    file: XPATH,
    find: "                rc = moveto_node(set, moveto_mod, ncname_dict, axis, options);\n            }\n            LY_CHECK_GOTO(rc, cleanup);\n",
    replace: `                rc = moveto_node(set, moveto_mod, ncname_dict, axis, options);
                if ((axis == LYXP_AXIS_ANCESTOR) || (axis == LYXP_AXIS_ANCESTOR_OR_SELF) || (axis == LYXP_AXIS_PARENT) ||
                        (axis == LYXP_AXIS_SELF)) {
                    drop_root(set);
                }
            }
            LY_CHECK_GOTO(rc, cleanup);
`,
  },
  {
    file: XPATH,
    find: "static LY_ERR\neval_name_test_with_predicate(",
    replace: `static void
drop_root(struct lyxp_set *set)
{
    for (uint32_t i = set->type == LYXP_SET_NODE_SET ? set->used : 0; i; --i) {
        if ((set->val.nodes[i - 1].type == LYXP_NODE_ROOT) || (set->val.nodes[i - 1].type == LYXP_NODE_ROOT_CONFIG)) {
            set_remove_node(set, i - 1);
        }
    }
}

static LY_ERR
eval_name_test_with_predicate(`,
  },
  {
    // name(): which prefix it gives is up to the evaluator. libyang took the namespaces to read with for a list to be added to.
    file: XPATH,
    find: 'asprintf(&str, "%s:%s", ly_get_prefix(mod, set->format, set->prefix_data), name);',
    replace:
      'asprintf(&str, "%s:%s", ly_get_prefix(mod, set->format == LY_VALUE_XML ? LY_VALUE_JSON : set->format,\n' +
      "                set->prefix_data), name);",
  },
  {
    // §4.2: a number as text has as many digits as it needs. libyang gives one after the point, always.
    file: XPATH,
    find: '                if (asprintf(&str, "%03.1Lf", set->val.num) == -1) {\n                    LOGMEM_RET(',
    replace: `                extern char *lyw_number_text(double number);
                if (!(str = lyw_number_text(set->val.num))) {
                    LOGMEM_RET(`,
  },
];

/** Work for warnings that nobody asked for: native/shim/context.c sets the level. */
const WARNING_EDITS = [
  {
    // Whether a literal fits the type of the leaf it is compared with: the first time that compiles pcre2_match, a
    // function so large that this is a third of what a process's first context takes.
    file: XPATH,
    find: "    if ((scnode = warn_get_scnode_in_ctx(set)) && (scnode->nodetype & (LYS_LEAF | LYS_LEAFLIST)) &&\n            ((exp",
    replace:
      "    if ((ly_ll >= LY_LLWRN) && (scnode = warn_get_scnode_in_ctx(set)) && (scnode->nodetype & (LYS_LEAF | LYS_LEAFLIST)) &&\n" +
      "            ((exp",
  },
];

export const XPATH_EDITS = [
  ...WAITING_EDITS,
  ...BUDGET_EDITS,
  ...ORDER_EDITS,
  ...NODE_EDITS,
  ...VALUE_EDITS,
  ...WARNING_EDITS,
];
