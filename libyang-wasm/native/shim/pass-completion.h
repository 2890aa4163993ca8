/* Part of validation-pass.c: what comes by default, and what has to go for it. */

/* One node that is new or has another value: a twin among its siblings. */
static LY_ERR
check_new(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first)
{
    LY_ERR rc = LY_SUCCESS;

    if (node->flags & LYD_NEW) {
        rc = lyd_validate_duplicates(node->parent ? lyd_child(lyd_parent(node)) : first, node, pass->options);
        node->flags &= ~LYD_NEW;
    }
    return rc;
}

/* A new subtree: duplicates of it among its siblings, the defaults inside, and what is to be looked at afterwards. */
LY_ERR
lyw_pass_complete_subtree(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first)
{
    struct findings found = {0};
    LY_ERR rc, worst = check_new(pass, node, first);

    rc = lyd_validate_subtree(node, &found.whens, &found.types, &found.metadata, &found.extension_nodes,
            &found.extension_values, pass->options, 0, pass->schema_children, NULL);
    rc = keep(pass, &found, first, rc);
    return worst ? worst : rc;
}

/* A new node, or one with another value, without what is below it. */
LY_ERR
lyw_pass_complete_node(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first)
{
    const struct lysc_node_leaf *leaf = (const struct lysc_node_leaf *)node->schema;
    LY_ERR rc = check_new(pass, node, first);

    if (lysc_has_when(node->schema)) {
        LY_CHECK_RET(noted_add(&pass->whens, node, 0));
    }
    if ((node->schema->nodetype & LYD_NODE_TERM) && leaf->type->plugin->validate) {
        LY_CHECK_RET(noted_add(&pass->types, node, 0));
    }
    return rc;
}

/* How many instances of a leaf-list can be there by default. */
static LY_ARRAY_COUNT_TYPE
default_count(const struct lysc_node *schema)
{
    return schema->nodetype == LYS_LEAFLIST ? LY_ARRAY_COUNT(((const struct lysc_node_leaflist *)schema)->dflts) : 1;
}

static struct lyd_node *
first_instance(struct lyd_node *first, const struct lysc_node *schema)
{
    struct lyd_node *found = NULL;

    return first && !lyd_find_sibling_val(first, schema, NULL, 0, &found) ? found : NULL;
}

/* Entries of a leaf-list that were there by default go where others are set. Looks at no more than there can be. */
static void
remove_default_entries(const struct lysc_node *schema, const struct lys_module *module, struct lyd_node **first,
        struct lyd_node **changes)
{
    struct lyd_node *entry = first_instance(*first, schema), *found = NULL;
    LY_ARRAY_COUNT_TYPE left = default_count(schema), u;
    const struct lysc_node_leaflist *list = (const struct lysc_node_leaflist *)schema;
    const char *value;

    for (; entry && (entry->schema == schema) && (entry->flags & LYD_DEFAULT) && left; --left) {
        entry = entry->next;
    }
    if (!entry || (entry->schema != schema)) {
        return;
    }
    LY_ARRAY_FOR(list->dflts, u) {
        value = list->dflts[u]->realtype->plugin->print(schema->module->ctx, list->dflts[u], LY_VALUE_CANON, NULL, NULL,
                NULL);
        if (!lyd_find_sibling_val(*first, schema, value, strlen(value), &found) && (found->flags & LYD_DEFAULT)) {
            lyd_validate_autodel_node_del(first, found, module, 0, NULL, NULL, NULL, changes);
        }
    }
}

/* Whether a case that is no choice's default has nothing but defaults. */
static int
is_left_over(const struct lysc_node *branch, const struct lyd_node *first)
{
    const struct lysc_node_choice *choice = (const struct lysc_node_choice *)branch->parent;
    const struct lysc_node *step = NULL;
    struct lyd_node *node = NULL;

    if (&choice->dflt->node == branch) {
        return 0;
    }
    while ((node = lys_getnext_data(node, first, &step, branch, NULL))) {
        if (!(node->flags & LYD_DEFAULT)) {
            return 0;
        }
    }
    return 1;
}

/* lyd_validate_autodel_case_dflt() for all instances of `schema`, which is in a case; it does not tell of containers. */
static void
remove_case_defaults(const struct lysc_node *schema, const struct lys_module *module, struct lyd_node **first,
        struct lyd_node **changes)
{
    struct lyd_node *node = first_instance(*first, schema), *next;
    LY_ARRAY_COUNT_TYPE left = default_count(schema);

    for (; node && (node->schema == schema) && (node->flags & LYD_DEFAULT) && left; node = next, --left) {
        next = node->next;
        if (is_left_over(schema->parent, *first)) {
            lyd_validate_autodel_node_del(first, node, module, 1, NULL, NULL, NULL, changes);
        }
    }
}

/* lyd_validate_new() for siblings that were valid before: in proportion to the schema, not to the siblings. */
static LY_ERR
remove_outdated(struct lyw_pass *pass, const struct lysc_node *schema_parent, const struct lys_module *module,
        const struct lys_module *top_module, struct lyd_node **first, struct lyd_node **changes)
{
    const struct lysc_node **choices, **nodes, *branch;
    struct ly_ht *cache = children_cache(pass, module);
    uint32_t branches;
    LY_ERR rc, worst = LY_SUCCESS;

    LY_CHECK_RET(!cache, LY_EMEM);
    LY_CHECK_RET(lyd_val_getnext_get(schema_parent, module, NULL, 0, cache, &choices, &nodes));
    for (; choices && *choices; ++choices) {
        branches = 0;
        LY_LIST_FOR(lysc_node_child(*choices), branch) {
            branches += lys_getnext_data(NULL, *first, NULL, branch, NULL) ? 1 : 0;
        }
        if (branches > 1) {
            worst = lyd_validate_cases(first, top_module, (struct lysc_node_choice *)*choices, changes);
        }
        LY_LIST_FOR(lysc_node_child(*choices), branch) {
            rc = remove_outdated(pass, branch, NULL, top_module, first, changes);
            LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
        }
    }
    for (; nodes && *nodes; ++nodes) {
        if ((*nodes)->nodetype == LYS_LEAFLIST) {
            remove_default_entries(*nodes, top_module, first, changes);
        }
        if ((*nodes)->parent && ((*nodes)->parent->nodetype == LYS_CASE) && lyd_val_has_default(*nodes)) {
            remove_case_defaults(*nodes, top_module, first, changes);
        }
    }
done:
    return worst;
}

static LY_ERR
complete_children(struct lyw_pass *pass, struct lyd_node *parent, const struct lys_module *module,
        struct lyd_node **first, struct lyd_node **changes)
{
    const struct lysc_node **choices, **nodes;
    struct ly_ht *cache = children_cache(pass, module);
    struct lyd_node *child;
    struct findings found = {0};
    uint32_t options = pass->options & LYD_VALIDATE_NO_STATE ? LYD_IMPLICIT_NO_STATE : 0;
    LY_ERR rc, worst;

    LY_CHECK_RET(!cache, LY_EMEM);
    worst = remove_outdated(pass, parent ? parent->schema : NULL, module, module, first, changes);
    LY_VAL_ERR_GOTO(worst, (void)0, pass->options, done);
    rc = lyd_new_implicit(parent, first, NULL, module, &found.whens, &found.types, &found.extension_nodes, options,
            cache, changes);
    LY_CHECK_ERR_GOTO(rc, worst = rc, done);
    /* Containers that are there by default only have defaults of their own. All children would be too many to look at. */
    rc = lyd_val_getnext_get(parent ? parent->schema : NULL, module, NULL, 0, cache, &choices, &nodes);
    for (; !rc && nodes && *nodes; ++nodes) {
        if (((*nodes)->nodetype != LYS_CONTAINER) || lyd_find_sibling_val(*first, *nodes, NULL, 0, &child) ||
                !(child->flags & LYD_DEFAULT)) {
            continue;
        }
        rc = lyd_new_implicit_r(child, lyd_node_child_p(child), NULL, NULL, &found.whens, &found.types,
                &found.extension_nodes, options, cache, changes);
    }
    worst = worst ? worst : rc;
done:
    return keep(pass, &found, *first, worst);
}

/* The defaults missing at the top among the nodes of `module`, and those that have to go. */
LY_ERR
lyw_pass_complete_top(struct lyw_pass *pass, const struct lys_module *module, struct lyd_node **first,
        struct lyd_node **changes)
{
    return complete_children(pass, NULL, module, first, changes);
}

static LY_ERR
complete(struct lyw_pass *pass, struct lyd_node *node)
{
    return complete_children(pass, node, NULL, lyd_node_child_p(node), pass->changes);
}

/* The defaults missing among the children of all instances of `schema` below `node`. */
LY_ERR
lyw_pass_complete_children(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first,
        const struct lysc_node *schema, struct lyd_node **changes)
{
    pass->changes = changes;
    return for_each_below(pass, node, first, schema, complete);
}
