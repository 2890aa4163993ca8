/* Part of validation-pass.c: the rules that a final tree has to obey. */

/* The rules of a new subtree and of all in it. */
LY_ERR
lyw_pass_check_subtree(struct lyw_pass *pass, struct lyd_node *node)
{
    LY_ERR rc, worst;

    worst = lyd_validate_must(node, pass->options, 0, 0);
    rc = lyd_validate_final_r(lyd_child(node), node, node->schema, NULL, NULL, pass->options, 0, 0,
            pass->schema_children);
    lyd_np_cont_dflt_set(node);
    return worst ? worst : rc;
}

static LY_ERR
check_musts(struct lyw_pass *pass, struct lyd_node *node)
{
    return lyd_validate_must(node, pass->options, 0, 0);
}

/* The musts of all instances of `schema` below `node`. */
LY_ERR
lyw_pass_check_musts(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first,
        const struct lysc_node *schema)
{
    return for_each_below(pass, node, first, schema, check_musts);
}

static LY_ERR
check_elements(struct lyw_pass *pass, const struct lyd_node *first, const struct lyd_node *parent,
        const struct lysc_node *schema, uint32_t min, uint32_t max)
{
    const struct ly_ht *children = parent ? ((const struct lyd_node_inner *)parent)->children_ht : NULL;

    /* Where there are not that many children of all kinds, nobody has to count. 0: not limited. */
    if ((max == UINT32_MAX) || (children && (children->used <= max))) {
        max = 0;
    }
    if (!min && !max) {
        return LY_SUCCESS;
    }
    return lyd_validate_minmax(first, parent, schema, min, max, pass->options);
}

/* lyd_validate_siblings_schema_r() without unique, which looks at a list as a whole. */
static LY_ERR
check_presence(struct lyw_pass *pass, const struct lyd_node *first, const struct lyd_node *parent,
        const struct lysc_node *schema_parent, const struct lys_module *module)
{
    const struct lysc_node **choices, **nodes, *node, *branch;
    struct ly_ht *cache = children_cache(pass, module);
    LY_ERR rc, worst = LY_SUCCESS;

    LY_CHECK_RET(!cache, LY_EMEM);
    LY_CHECK_RET(lyd_val_getnext_get(schema_parent, module, NULL, 0, cache, &choices, &nodes));
    for (; choices && *choices; ++choices) {
        node = *choices;
        if ((pass->options & LYD_VALIDATE_NO_STATE) && (node->flags & LYS_CONFIG_R)) {
            continue;
        }
        if (node->flags & LYS_MAND_TRUE) {
            rc = lyd_validate_mandatory(first, parent, node, pass->options);
            LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
        }
        LY_LIST_FOR(lysc_node_child(node), branch) {
            if (lys_getnext_data(NULL, first, NULL, branch, NULL)) {
                rc = check_presence(pass, first, parent, branch, NULL);
                LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
                break;
            }
        }
    }
    for (; nodes && *nodes; ++nodes) {
        node = *nodes;
        rc = LY_SUCCESS;
        if ((pass->options & LYD_VALIDATE_NO_STATE) && (node->flags & LYS_CONFIG_R)) {
            continue;
        }
        if (node->nodetype == LYS_LIST) {
            const struct lysc_node_list *list = (const struct lysc_node_list *)node;

            rc = check_elements(pass, first, parent, node, list->min, list->max);
        } else if (node->nodetype == LYS_LEAFLIST) {
            const struct lysc_node_leaflist *list = (const struct lysc_node_leaflist *)node;

            rc = check_elements(pass, first, parent, node, list->min, list->max);
        } else if (node->flags & LYS_MAND_TRUE) {
            rc = lyd_validate_mandatory(first, parent, node, pass->options);
        }
        LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
    }
done:
    return worst;
}

/* mandatory, min-elements and max-elements at the top among the nodes of `module`. */
LY_ERR
lyw_pass_check_top(struct lyw_pass *pass, const struct lys_module *module, const struct lyd_node *first)
{
    return check_presence(pass, first, NULL, NULL, module);
}

static LY_ERR
check_children(struct lyw_pass *pass, struct lyd_node *node)
{
    return check_presence(pass, lyd_child(node), node, node->schema, NULL);
}

/* The same among the children of all instances of `schema` below `node`. */
LY_ERR
lyw_pass_check_children(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first,
        const struct lysc_node *schema)
{
    return for_each_below(pass, node, first, schema, check_children);
}

/* All unique statements of a list, among the children of `parent` or at the top. In proportion to the list. */
LY_ERR
lyw_pass_check_unique(struct lyw_pass *pass, struct lyd_node *parent, const struct lysc_node *schema,
        struct lyd_node *first)
{
    const struct lysc_node_list *list = (const struct lysc_node_list *)schema;

    if (!list->uniques) {
        return LY_SUCCESS;
    }
    return lyd_validate_unique(parent ? lyd_child(parent) : first, schema,
            (const struct lysc_node_leaf ***)list->uniques, pass->options);
}
