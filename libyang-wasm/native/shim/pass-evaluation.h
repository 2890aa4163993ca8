/* Part of validation-pass.c: whens, and what values refer to. */

static LY_ERR
note_when(struct lyw_pass *pass, struct lyd_node *node)
{
    return lysc_has_when(node->schema) ? noted_add(&pass->whens, node, 0) : LY_SUCCESS;
}

/* The when of all instances of `schema` below `node` is to be evaluated anew. */
LY_ERR
lyw_pass_note_whens(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first,
        const struct lysc_node *schema)
{
    return for_each_below(pass, node, first, schema, note_when);
}

static LY_ERR
note_type(struct lyw_pass *pass, struct lyd_node *node)
{
    const struct lysc_node_leaf *leaf = (const struct lysc_node_leaf *)node->schema;

    return leaf->type->plugin->validate ? noted_add(&pass->types, node, 0) : LY_SUCCESS;
}

/* What the values of all instances of `schema`, a leaf or leaf-list, below `node` refer to is to be looked for anew. */
LY_ERR
lyw_pass_note_types(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first,
        const struct lysc_node *schema)
{
    return for_each_below(pass, node, first, schema, note_type);
}

/*
 * The living of the nodes noted. What was known of their whens is set aside, so that no other when looks at one of them
 * before its turn: libyang lets it wait. The mark is whether the when was true.
 */
static void
prepare_whens(struct noted_nodes *noted)
{
    struct noted_node *item;
    uint32_t i, kept = 0;

    for (i = 0; i < noted->count; ++i) {
        item = &noted->items[i];
        if (!noted_is_alive(item)) {
            continue;
        }
        item->mark = item->node->flags & LYD_WHEN_TRUE ? 1 : 0;
        noted->items[kept++] = *item;
    }
    noted->count = kept;
    for (i = 0; i < kept; ++i) {
        noted->items[i].node->flags &= ~(LYD_WHEN_TRUE | WHEN_REFUSED);
    }
}

/* *is_done: it was evaluated; the node may be gone. Not, when it depends on another when that was not. */
static LY_ERR
evaluate_when(struct lyw_pass *pass, const struct noted_node *noted, uint32_t xpath_options, struct lyd_node **first,
        struct lyd_node **changes, int *is_done)
{
    struct lyd_node *node = noted->node;
    struct ly_set one = {0};
    LY_ERR rc;

    LY_CHECK_RET(ly_set_add(&one, node, 1, NULL));
    node->flags |= noted->mark ? LYD_WHEN_TRUE : 0;
    rc = lyd_validate_unres_when(first, NULL, &one, pass->options, xpath_options | OF_A_WHEN, NULL, changes);
    *is_done = !one.count;
    if (!*is_done) {
        node->flags &= ~LYD_WHEN_TRUE;
    }
    ly_set_erase(&one, NULL);
    return rc;
}

/*
 * Evaluates the whens noted so far, and removes nodes whose when was true and is no longer. One by one: libyang's own
 * loop over a set must not meet a node inside one that it has removed. Those that wait for each other are evaluated with
 * what they are about there: first those whose node may go, for others must not rely on it.
 * One that cannot be evaluated even then is an error each time: once more would come to the same.
 */
LY_ERR
lyw_pass_evaluate_whens(struct lyw_pass *pass, struct lyd_node **first, struct lyd_node **changes)
{
    struct noted_nodes noted = pass->whens;
    uint32_t i, kept;
    int is_done, is_progress = 1, only_what_may_go = 0, is_last = 0;
    LY_ERR rc, worst = LY_SUCCESS;

    pass->whens = (struct noted_nodes){0};
    prepare_whens(&noted);
    while (noted.count && (is_progress || !is_last)) {
        uint32_t xpath_options = is_progress ? 0 : LYXP_IGNORE_WHEN;

        is_last = !is_progress && only_what_may_go;
        only_what_may_go = !is_progress && !is_last;
        is_progress = 0;
        for (i = kept = 0; i < noted.count; ++i) {
            if (!noted_is_alive(&noted.items[i])) {
                continue;
            }
            if (only_what_may_go && !noted.items[i].mark) {
                noted.items[kept++] = noted.items[i];
                continue;
            }
            is_done = 1;
            rc = evaluate_when(pass, &noted.items[i], xpath_options, first, changes, &is_done);
            LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
            is_progress |= is_done;
            if (!is_done) {
                noted.items[kept++] = noted.items[i];
            }
        }
        noted.count = kept;
    }
done:
    for (i = 0; i < noted.count; ++i) {
        if (noted_is_alive(&noted.items[i]) && noted.items[i].mark) {
            noted.items[i].node->flags |= LYD_WHEN_TRUE;
        }
    }
    noted_erase(&noted);
    return worst;
}

static LY_ERR
resolve_type(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node **first)
{
    struct ly_set one = {0};
    LY_ERR rc = ly_set_add(&one, node, 1, NULL);

    rc = rc ? rc : lyd_validate_unres(first, NULL, LYD_TYPE_DATA_YANG, NULL, 0, &one, NULL, NULL, NULL, pass->options,
            NULL);
    ly_set_erase(&one, NULL);
    return rc;
}

static LY_ERR
resolve_metadata(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node **first)
{
    struct lyd_meta *meta;
    struct ly_set all = {0};
    const struct lysc_type *type;
    LY_ERR rc = LY_SUCCESS;

    LY_LIST_FOR(node->meta, meta) {
        lyplg_ext_get_storage(meta->annotation, LY_STMT_TYPE, sizeof type, (const void **)&type);
        rc = rc || !type->plugin->validate ? rc : ly_set_add(&all, meta, 1, NULL);
    }
    rc = rc ? rc : lyd_validate_unres(first, NULL, LYD_TYPE_DATA_YANG, NULL, 0, NULL, &all, NULL, NULL, pass->options,
            NULL);
    ly_set_erase(&all, NULL);
    return rc;
}

/*
 * Looks for what up to `limit` of the values noted refer to. No node may come or go any more. *left: how many were not
 * looked at yet.
 */
LY_ERR
lyw_pass_resolve_types(struct lyw_pass *pass, struct lyd_node **first, uint32_t limit, uint32_t *left)
{
    struct noted_nodes *noted;
    struct noted_node *item;
    LY_ERR rc, worst = LY_SUCCESS;

    for (; limit && (pass->types.count || pass->annotated.count); --limit) {
        noted = pass->types.count ? &pass->types : &pass->annotated;
        item = &noted->items[--noted->count];
        if (!noted_is_alive(item)) {
            continue;
        }
        rc = (noted == &pass->types ? resolve_type : resolve_metadata)(pass, item->node, first);
        LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
    }
done:
    *left = pass->types.count + pass->annotated.count;
    return worst;
}
