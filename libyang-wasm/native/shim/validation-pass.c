/*
 * Compiled instead of libyang's validation.c, which it includes: validating a tree in parts needs that file's static
 * functions, and sharing its translation unit needs no change to it.
 *
 * A pass takes the steps of lyd_validate() one by one, each for the nodes it is given, in the same order: first what
 * completes the tree (defaults) and what takes nodes out (when), then what values refer to, then the rules a final tree
 * has to obey. Which nodes that have to be is up to the caller.
 */
#include <stdlib.h>

#include "libyang.h"
#include "hash_table_internal.h"
#include "ly_common.h"
#include "tree_data_internal.h"

/* A value whose target is missing is one error of several: libyang would end the whole validation with it. */
static LY_ERR
resolve_value(const struct ly_ctx *context, const struct lysc_type *type, struct lyd_value *value,
        const struct lyd_node *node, const struct lyd_node *first)
{
    LY_ERR rc = lyd_value_validate_incomplete(context, type, value, node, first);

    return rc && (rc != LY_EMEM) ? LY_EVALID : rc;
}

#define lyd_value_validate_incomplete resolve_value
#include "validation.c"
#undef lyd_value_validate_incomplete

#include "noted-nodes.h"
#include "shim.h"

struct lyw_pass {
    uint32_t options;
    struct noted_nodes whens;
    struct noted_nodes types;
    struct noted_nodes annotated;    /* with metadata whose values refer to something */
    struct ly_ht *schema_children;
    struct lyd_node **changes;       /* of the call under way */
};

/* What libyang's functions find to do later, of one call. */
struct findings {
    struct ly_set whens;
    struct ly_set types;
    struct ly_set metadata;
    struct ly_set extension_nodes;
    struct ly_set extension_values;
};

void
lyw_pass_free(struct lyw_pass *pass)
{
    noted_erase(&pass->whens);
    noted_erase(&pass->types);
    noted_erase(&pass->annotated);
    lyd_val_getnext_ht_free(pass->schema_children);
    free(pass);
}

/* NULL: out of memory. */
struct lyw_pass *
lyw_pass_new(uint32_t options)
{
    struct lyw_pass *pass = calloc(1, sizeof *pass);

    if (pass && lyd_val_getnext_ht_new(&pass->schema_children)) {
        free(pass);
        return NULL;
    }
    if (pass) {
        pass->options = options;
    }
    return pass;
}

/* Notes what was found, and asks extensions at once; `rc` is what finding it came to. */
static LY_ERR
keep(struct lyw_pass *pass, struct findings *found, struct lyd_node *first, LY_ERR rc)
{
    LY_ERR extensions = lyd_validate_unres(&first, NULL, LYD_TYPE_DATA_YANG, NULL, 0, NULL, NULL,
            &found->extension_nodes, &found->extension_values, pass->options, NULL), kept;
    uint32_t i;

    ly_set_erase(&found->extension_nodes, free);
    ly_set_erase(&found->extension_values, free);
    kept = noted_take(&pass->whens, &found->whens);
    kept = kept ? kept : noted_take(&pass->types, &found->types);
    for (i = 0; (i < found->metadata.count) && !kept; ++i) {
        kept = noted_add(&pass->annotated, ((struct lyd_meta *)found->metadata.objs[i])->parent, 0);
    }
    ly_set_erase(&found->whens, NULL);
    ly_set_erase(&found->types, NULL);
    ly_set_erase(&found->metadata, NULL);
    return kept ? kept : rc ? rc : extensions;
}

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
        const struct lys_module *top_module, struct lyd_node **first, struct ly_ht *schema_children,
        struct lyd_node **changes)
{
    const struct lysc_node **choices, **nodes, *branch;
    uint32_t branches;
    LY_ERR rc, worst = LY_SUCCESS;

    LY_CHECK_RET(lyd_val_getnext_get(schema_parent, module, NULL, 0, schema_children, &choices, &nodes));
    for (; choices && *choices; ++choices) {
        branches = 0;
        LY_LIST_FOR(lysc_node_child(*choices), branch) {
            branches += lys_getnext_data(NULL, *first, NULL, branch, NULL) ? 1 : 0;
        }
        if (branches > 1) {
            worst = lyd_validate_cases(first, top_module, (struct lysc_node_choice *)*choices, changes);
        }
        LY_LIST_FOR(lysc_node_child(*choices), branch) {
            rc = remove_outdated(pass, branch, NULL, top_module, first, schema_children, changes);
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
        struct lyd_node **first, struct ly_ht *schema_children, struct lyd_node **changes)
{
    const struct lysc_node **choices, **nodes;
    struct lyd_node *child;
    struct findings found = {0};
    uint32_t options = pass->options & LYD_VALIDATE_NO_STATE ? LYD_IMPLICIT_NO_STATE : 0;
    LY_ERR rc, worst;

    worst = remove_outdated(pass, parent ? parent->schema : NULL, module, module, first, schema_children, changes);
    LY_VAL_ERR_GOTO(worst, (void)0, pass->options, done);
    rc = lyd_new_implicit(parent, first, NULL, module, &found.whens, &found.types, &found.extension_nodes, options,
            schema_children, changes);
    LY_CHECK_ERR_GOTO(rc, worst = rc, done);
    /* Containers that are there by default only have defaults of their own. All children would be too many to look at. */
    rc = lyd_val_getnext_get(parent ? parent->schema : NULL, module, NULL, 0, schema_children, &choices, &nodes);
    for (; !rc && nodes && *nodes; ++nodes) {
        if (((*nodes)->nodetype != LYS_CONTAINER) || lyd_find_sibling_val(*first, *nodes, NULL, 0, &child) ||
                !(child->flags & LYD_DEFAULT)) {
            continue;
        }
        rc = lyd_new_implicit_r(child, lyd_node_child_p(child), NULL, NULL, &found.whens, &found.types,
                &found.extension_nodes, options, schema_children, changes);
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
    struct ly_ht *schema_children = NULL;
    LY_ERR rc;

    LY_CHECK_RET(lyd_val_getnext_ht_new(&schema_children));
    rc = complete_children(pass, NULL, module, first, schema_children, changes);
    lyd_val_getnext_ht_free(schema_children);
    return rc;
}

/* Calls `visit` for each instance of `schema` at or below `node`; until one call fails, unless all errors are wanted. */
static LY_ERR
for_each_instance(struct lyw_pass *pass, struct lyd_node *node, const struct lysc_node *schema,
        LY_ERR (*visit)(struct lyw_pass *pass, struct lyd_node *instance))
{
    const struct lysc_node *step = schema;
    struct lyd_node *child, *next;
    LY_ERR rc, worst = LY_SUCCESS;

    if (node->schema == schema) {
        return visit(pass, node);
    }
    while (lysc_data_parent(step) && (lysc_data_parent(step) != node->schema)) {
        step = lysc_data_parent(step);
    }
    if (!lysc_data_parent(step) || lyd_find_sibling_val(lyd_child(node), step, NULL, 0, &child)) {
        return LY_SUCCESS;
    }
    for (; child && (child->schema == step); child = next) {
        next = child->next;
        rc = for_each_instance(pass, child, schema, visit);
        LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
    }
done:
    return worst;
}

/* The same below the whole tree when `node` is NULL. */
static LY_ERR
for_each_below(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first, const struct lysc_node *schema,
        LY_ERR (*visit)(struct lyw_pass *pass, struct lyd_node *instance))
{
    const struct lysc_node *top = schema;
    LY_ERR rc, worst = LY_SUCCESS;

    if (node) {
        return for_each_instance(pass, node, schema, visit);
    }
    while (lysc_data_parent(top)) {
        top = lysc_data_parent(top);
    }
    LY_LIST_FOR(first, node) {
        if (node->schema == top) {
            rc = for_each_instance(pass, node, schema, visit);
            LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
        }
    }
done:
    return worst;
}

static LY_ERR
complete(struct lyw_pass *pass, struct lyd_node *node)
{
    return complete_children(pass, node, NULL, lyd_node_child_p(node), pass->schema_children, pass->changes);
}

/* The defaults missing among the children of all instances of `schema` below `node`. */
LY_ERR
lyw_pass_complete_children(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first,
        const struct lysc_node *schema, struct lyd_node **changes)
{
    pass->changes = changes;
    return for_each_below(pass, node, first, schema, complete);
}

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

static uint32_t
depth_of(const struct lyd_node *node)
{
    uint32_t depth = 0;

    for (; node->parent; node = lyd_parent(node)) {
        ++depth;
    }
    return depth;
}

/* For qsort(): the innermost first. */
static int
compare_depths(const void *a, const void *b)
{
    const struct noted_node *one = a, *other = b;
    uint32_t depth = one->mark >> 1, other_depth = other->mark >> 1;

    return depth < other_depth ? 1 : depth > other_depth ? -1 : 0;
}

/*
 * The living of the nodes noted, sorted. What was known of their whens is set aside, so that no other when looks at one
 * of them before its turn: libyang lets it wait. The mark is the depth, and whether the when was true.
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
        item->mark = (depth_of(item->node) << 1) | (item->node->flags & LYD_WHEN_TRUE ? 1 : 0);
        noted->items[kept++] = *item;
    }
    noted->count = kept;
    for (i = 0; i < kept; ++i) {
        noted->items[i].node->flags &= ~LYD_WHEN_TRUE;
    }
    qsort(noted->items, kept, sizeof *noted->items, compare_depths);
}

/* *is_done: it was evaluated; the node may be gone. Not, when it depends on another when that was not. */
static LY_ERR
evaluate_when(struct lyw_pass *pass, const struct noted_node *noted, struct lyd_node **first, struct lyd_node **changes,
        int *is_done)
{
    struct lyd_node *node = noted->node;
    struct ly_set one = {0};
    LY_ERR rc;

    LY_CHECK_RET(ly_set_add(&one, node, 1, NULL));
    node->flags |= noted->mark & 1 ? LYD_WHEN_TRUE : 0;
    rc = lyd_validate_unres_when(first, NULL, &one, pass->options, 0, NULL, changes);
    *is_done = !one.count;
    if (!*is_done) {
        node->flags &= ~LYD_WHEN_TRUE;
    }
    ly_set_erase(&one, NULL);
    return rc;
}

/*
 * Evaluates the whens noted so far, and removes nodes whose when was true and is no longer. One by one, the innermost
 * first: libyang's own loop over a set must not meet a node inside one that it has removed. *left: how many depend on
 * others that were never evaluated.
 */
LY_ERR
lyw_pass_evaluate_whens(struct lyw_pass *pass, struct lyd_node **first, struct lyd_node **changes, uint32_t *left)
{
    struct noted_nodes noted = pass->whens;
    uint32_t i, kept;
    int is_done, is_progress = 1;
    LY_ERR rc, worst = LY_SUCCESS;

    pass->whens = (struct noted_nodes){0};
    prepare_whens(&noted);
    while (noted.count && is_progress) {
        is_progress = 0;
        for (i = kept = 0; i < noted.count; ++i) {
            if (!noted_is_alive(&noted.items[i])) {
                continue;
            }
            is_done = 1;
            rc = evaluate_when(pass, &noted.items[i], first, changes, &is_done);
            LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
            is_progress |= is_done;
            if (!is_done) {
                noted.items[kept++] = noted.items[i];
            }
        }
        noted.count = kept;
    }
done:
    *left = noted.count;
    for (i = 0; i < noted.count; ++i) {
        if (noted_is_alive(&noted.items[i]) && (noted.items[i].mark & 1)) {
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
        const struct lysc_node *schema_parent, const struct lys_module *module, struct ly_ht *schema_children)
{
    const struct lysc_node **choices, **nodes, *node, *branch;
    LY_ERR rc, worst = LY_SUCCESS;

    LY_CHECK_RET(lyd_val_getnext_get(schema_parent, module, NULL, 0, schema_children, &choices, &nodes));
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
                rc = check_presence(pass, first, parent, branch, module, schema_children);
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
    struct ly_ht *schema_children = NULL;
    LY_ERR rc;

    /* libyang's cache of schema children goes by their parent: at the top it serves one module only. */
    LY_CHECK_RET(lyd_val_getnext_ht_new(&schema_children));
    rc = check_presence(pass, first, NULL, NULL, module, schema_children);
    lyd_val_getnext_ht_free(schema_children);
    return rc;
}

static LY_ERR
check_children(struct lyw_pass *pass, struct lyd_node *node)
{
    return check_presence(pass, lyd_child(node), node, node->schema, NULL, pass->schema_children);
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

/* As lyd_validate_duplicates(), for nodes that were parsed and not validated. */
LY_ERR
lyw_check_twins(const struct lyd_node *node)
{
    return lyd_validate_duplicates(lyd_first_sibling(node), node, 0);
}
