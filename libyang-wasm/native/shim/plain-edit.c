/* What an edit's subtree says, beside "this is there". */
#include "libyang.h"
#include "ly_common.h"
#include "shim.h"

/*
 * Whether an edit's subtree says no more than "this is there": configuration without attributes and not
 * tagged as a default, nothing of a choice, no container that is empty and means nothing; and, unless `may_repeat`,
 * nothing twice. It can then be put into a tree as it is.
 */
uint32_t
lyw_is_plain(const struct lyd_node *node, uint32_t may_repeat)
{
    const struct lyd_node *child;
    const struct lyd_meta *meta;

    LY_LIST_FOR(node->schema ? node->meta : NULL, meta) {
        if (!lyw_meta_is_internal(meta)) {
            return 0;
        }
    }
    /* Nothing is a default yet but what is tagged so, and empty containers. */
    if (!node->schema || !(node->schema->flags & LYS_CONFIG_W) || (node->flags & LYD_DEFAULT) ||
            (node->schema->parent && (node->schema->parent->nodetype & (LYS_CHOICE | LYS_CASE)))) {
        return 0;
    }
    if (!may_repeat && lyw_check_twins(node)) {
        ly_err_clean(LYD_CTX(node), NULL);
        return 0;
    }
    child = lyd_child(node);
    if (!child && lysc_is_np_cont(node->schema)) {
        return 0;
    }
    for (; child; child = child->next) {
        if (!lyw_is_plain(child, may_repeat)) {
            return 0;
        }
    }
    return 1;
}

/* Whether the same instance stands twice among the siblings of a node that was parsed and not validated. */
uint32_t
lyw_has_twin(const struct lyd_node *node)
{
    uint32_t has_twin = node->schema && lyw_check_twins(node);

    ly_err_clean(LYD_CTX(node), NULL);
    return has_twin;
}
