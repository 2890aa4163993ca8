/* What an XPath with prefixes of XML selects, as parts of the tree that do not overlap. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libyang.h"
#include "ly_common.h"
#include "set.h"
#include "shim.h"
#include "xml.h"
#include "xpath.h"

/* As JavaScript reads it: a node, and the handle by which it is known later whether it is still there. */
struct selected {
    struct lyd_node *node;
    uint32_t slot;
    uint32_t generation;
};

struct selection {
    struct selected *nodes;
    uint32_t count;
    const struct lyd_node *last;
};

/* `pairs`: a prefix and its namespace, and the next, each ended by a NUL; an empty prefix ends them. */
static LY_ERR
read_namespaces(char *pairs, struct lyxml_ns *namespaces, struct ly_set *set)
{
    for (; *pairs; namespaces++) {
        namespaces->prefix = pairs;
        pairs += strlen(pairs) + 1;
        namespaces->uri = pairs;
        pairs += strlen(pairs) + 1;
        LY_CHECK_RET(ly_set_add(set, namespaces, 1, NULL));
    }
    return LY_SUCCESS;
}

static LY_ERR
add(struct selection *selection, const struct lyd_node *node)
{
    struct selected *selected = &selection->nodes[selection->count];

    selected->node = (struct lyd_node *)node;
    selected->slot = lyw_handle(selected->node);
    LY_CHECK_RET(!selected->slot, LY_EMEM);
    selected->generation = lyw_handle_generation(selected->slot);
    selection->count++;
    selection->last = node;
    return LY_SUCCESS;
}

/* The set is in the order of the tree: what a node is in came before, and whatever follows it there is in it, too. */
static int
is_in_last(const struct selection *selection, const struct lyd_node *node)
{
    while (node && (node != selection->last)) {
        node = lyd_parent(node);
    }
    return node != NULL;
}

static LY_ERR
collect(const struct lyxp_set *set, const struct lyd_node *tree, struct selection *selection)
{
    uint32_t capacity = set->used;
    int is_all = 0;

    for (uint32_t i = 0; i < set->used; i++) {
        is_all |= (set->val.nodes[i].type == LYXP_NODE_ROOT) || (set->val.nodes[i].type == LYXP_NODE_ROOT_CONFIG);
    }
    if (is_all) {
        capacity = 0;
        for (const struct lyd_node *top = tree; top; top = top->next) {
            capacity++;
        }
    }
    selection->nodes = calloc(capacity ? capacity : 1, sizeof *selection->nodes);
    LY_CHECK_RET(!selection->nodes, LY_EMEM);
    for (; is_all && tree; tree = tree->next) {
        LY_CHECK_RET(add(selection, tree));
    }
    for (uint32_t i = 0; !is_all && (i < set->used); i++) {
        const struct lyxp_set_node *item = &set->val.nodes[i];

        /* A text is all that its element holds. Attributes are no data. */
        if (((item->type == LYXP_NODE_ELEM) || (item->type == LYXP_NODE_TEXT)) && !is_in_last(selection, item->node)) {
            LY_CHECK_RET(add(selection, item->node));
        }
    }
    return LY_SUCCESS;
}

/*
 * The outermost nodes selected, in the order of the tree. `tree` is its first node. The caller frees `nodes`.
 * LY_EINVAL: the result is no node set.
 */
LY_ERR
lyw_select(const struct lyd_node *tree, const char *xpath, char *pairs, uint32_t pair_count, struct selected **nodes,
        uint32_t *count)
{
    const struct ly_ctx *context = LYD_CTX(tree);
    struct lyxml_ns *namespaces = calloc(pair_count + 1, sizeof *namespaces);
    struct ly_set namespace_set = {0};
    struct lyxp_set set = {0};
    struct lyxp_expr *expression = NULL;
    struct selection selection = {0};
    LY_ERR rc;

    *nodes = NULL;
    *count = 0;
    LY_CHECK_ERR_GOTO(!namespaces, rc = LY_EMEM, cleanup);
    LY_CHECK_GOTO(rc = read_namespaces(pairs, namespaces, &namespace_set), cleanup);
    LY_CHECK_GOTO(rc = lyxp_expr_parse(context, xpath, 0, 1, &expression), cleanup);
    LY_CHECK_GOTO(rc = lyxp_eval(context, expression, NULL, LY_VALUE_XML, &namespace_set, NULL, NULL, tree, NULL, &set,
            LYXP_IGNORE_WHEN), cleanup);
    if (set.type != LYXP_SET_NODE_SET) {
        LOGERR(context, LY_EINVAL, "The result of the XPath expression is not a node set.");
        rc = LY_EINVAL;
        goto cleanup;
    }
    rc = collect(&set, tree, &selection);

cleanup:
    lyxp_expr_free(context, expression);
    lyxp_set_free_content(&set);
    ly_set_erase(&namespace_set, NULL);
    free(namespaces);
    if (rc) {
        free(selection.nodes);
    } else {
        *nodes = selection.nodes;
        *count = selection.count;
    }
    return rc;
}
