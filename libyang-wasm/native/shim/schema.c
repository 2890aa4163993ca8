/* Compiled schema nodes, read field by field: their layout stays C's own business. */
#include <stdint.h>

#include "libyang.h"
#include "shim.h"

uint32_t lyw_schema_type(const struct lysc_node *node) { return node->nodetype; }
uint32_t lyw_schema_flags(const struct lysc_node *node) { return node->flags; }
const char *lyw_schema_name(const struct lysc_node *node) { return node->name; }
const char *lyw_schema_description(const struct lysc_node *node) { return node->dsc; }
const char *lyw_schema_reference(const struct lysc_node *node) { return node->ref; }
const struct lys_module *lyw_schema_module(const struct lysc_node *node) { return node->module; }
const struct lysc_node *lyw_schema_parent(const struct lysc_node *node) { return node->parent; }
const struct lysc_node *lyw_schema_next(const struct lysc_node *node) { return node->next; }

enum top_level { TOP_DATA = 0, TOP_RPCS = 1, TOP_NOTIFICATIONS = 2 };

const struct lysc_node *
lyw_schema_top(const struct lys_module *module, uint32_t which)
{
    if (!module->compiled) {
        return NULL;
    }
    switch (which) {
    case TOP_DATA:
        return module->compiled->data;
    case TOP_RPCS:
        return (const struct lysc_node *)module->compiled->rpcs;
    case TOP_NOTIFICATIONS:
        return (const struct lysc_node *)module->compiled->notifs;
    default:
        return NULL;
    }
}

/* The first child; of an rpc or action its input (the output comes next through lyw_schema_output). */
const struct lysc_node *
lyw_schema_child(const struct lysc_node *node)
{
    if (node->nodetype & (LYS_RPC | LYS_ACTION)) {
        return (const struct lysc_node *)&((const struct lysc_node_action *)node)->input;
    }
    return lysc_node_child(node);
}

const struct lysc_node *
lyw_schema_output(const struct lysc_node *node)
{
    if (node->nodetype & (LYS_RPC | LYS_ACTION)) {
        return (const struct lysc_node *)&((const struct lysc_node_action *)node)->output;
    }
    return NULL;
}

const struct lysc_node *
lyw_schema_actions(const struct lysc_node *node)
{
    return (const struct lysc_node *)lysc_node_actions(node);
}

const struct lysc_node *
lyw_schema_notifications(const struct lysc_node *node)
{
    return (const struct lysc_node *)lysc_node_notifs(node);
}

const char *
lyw_schema_units(const struct lysc_node *node)
{
    switch (node->nodetype) {
    case LYS_LEAF:
        return ((const struct lysc_node_leaf *)node)->units;
    case LYS_LEAFLIST:
        return ((const struct lysc_node_leaflist *)node)->units;
    default:
        return NULL;
    }
}

/* The canonical default value number `index`, or NULL when there are no more. */
const char *
lyw_schema_default(const struct lysc_node *node, uint32_t index)
{
    const struct lysc_node_leaf *leaf = (const struct lysc_node_leaf *)node;
    const struct lysc_node_leaflist *list = (const struct lysc_node_leaflist *)node;

    if ((node->nodetype == LYS_LEAF) && leaf->dflt && !index) {
        return lyd_value_get_canonical(node->module->ctx, leaf->dflt);
    }
    if ((node->nodetype == LYS_LEAFLIST) && (index < LY_ARRAY_COUNT(list->dflts))) {
        return lyd_value_get_canonical(node->module->ctx, list->dflts[index]);
    }
    return NULL;
}

const struct lysc_node *
lyw_schema_default_case(const struct lysc_node *node)
{
    return node->nodetype == LYS_CHOICE ? (const struct lysc_node *)((const struct lysc_node_choice *)node)->dflt : NULL;
}

/* The LY_DATA_TYPE of a leaf or leaf-list, 0 for others. */
uint32_t
lyw_schema_base_type(const struct lysc_node *node)
{
    switch (node->nodetype) {
    case LYS_LEAF:
        return ((const struct lysc_node_leaf *)node)->type->basetype;
    case LYS_LEAFLIST:
        return ((const struct lysc_node_leaflist *)node)->type->basetype;
    default:
        return LY_TYPE_UNKNOWN;
    }
}

uint32_t
lyw_schema_min_elements(const struct lysc_node *node)
{
    switch (node->nodetype) {
    case LYS_LIST:
        return ((const struct lysc_node_list *)node)->min;
    case LYS_LEAFLIST:
        return ((const struct lysc_node_leaflist *)node)->min;
    default:
        return 0;
    }
}

/* 0 for nodes without such a limit, UINT32_MAX for "unbounded". */
uint32_t
lyw_schema_max_elements(const struct lysc_node *node)
{
    switch (node->nodetype) {
    case LYS_LIST:
        return ((const struct lysc_node_list *)node)->max;
    case LYS_LEAFLIST:
        return ((const struct lysc_node_leaflist *)node)->max;
    default:
        return 0;
    }
}

char *
lyw_schema_path(const struct lysc_node *node)
{
    return lysc_path(node, LYSC_PATH_DATA, NULL, 0);
}
