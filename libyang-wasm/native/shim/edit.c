/*
 * Editing. Every function that can change which top-level node is first takes `first`, the tree's own pointer, and
 * leaves it right, also when it fails. A node that leaves its tree, or joins another, loses its handles.
 */
#include <stdint.h>
#include <string.h>

#include "libyang.h"
#include "ly_common.h"
#include "shim.h"

LY_ERR
lyw_unlink(struct lyd_node *node, struct lyd_node **first)
{
    struct lyd_node *successor = *first == node ? node->next : *first;
    LY_ERR rc = lyd_unlink_tree(node);

    if (!rc) {
        *first = successor;
        lyw_forget_tree(node);
    }
    return rc;
}

/* Unlinks first: unlike lyd_free_tree(), that says so when the node is a list's key and has to stay. */
LY_ERR
lyw_remove(struct lyd_node *node, struct lyd_node **first)
{
    LY_ERR rc = lyw_unlink(node, first);

    if (!rc) {
        lyd_free_tree(node);
    }
    return rc;
}

/*
 * libyang inserts whatever fits the schema, also a second instance of what there can be only one of; later calls then
 * fail assertions. So: keys come and go with their entry, and an instance that is there already is refused, unless it is
 * only a default, which gives way.
 */
LY_ERR
lyw_make_room(struct lyd_node *siblings, const struct lyd_node *node, struct lyd_node **first)
{
    struct lyd_node *match;

    if (!siblings || !node->schema || lysc_is_dup_inst_list(node->schema)) {
        return LY_SUCCESS;
    }
    if (lysc_is_key(node->schema)) {
        LOGERR(LYD_CTX(node), LY_EINVAL, "The list key \"%s\" cannot be inserted by itself.", LYD_NAME(node));
        return LY_EINVAL;
    }
    match = lyw_find_equal(siblings, node);
    if (!match) {
        return LY_SUCCESS;
    }
    if (match->flags & LYD_DEFAULT) {
        return lyw_remove(match, first);
    }
    LOGERR(LYD_CTX(node), LY_EEXIST, "There is an instance of \"%s\" already.", LYD_NAME(node));
    return LY_EEXIST;
}

LY_ERR
lyw_insert_child(struct lyd_node *parent, struct lyd_node *node)
{
    struct lyd_node *unaffected = NULL;
    LY_ERR rc = lyw_make_room(lyd_child(parent), node, &unaffected);

    rc = rc ? rc : lyd_insert_child(parent, node);
    if (!rc) {
        lyw_forget_tree(node);
    }
    return rc;
}

LY_ERR
lyw_insert_top(struct lyd_node **first, struct lyd_node *node)
{
    struct lyd_node *new_first;
    LY_ERR rc;

    if (node->schema && lysc_data_parent(node->schema)) {
        /* libyang checks this only against siblings: an empty tree would take anything. */
        LOGERR(LYD_CTX(node), LY_EINVAL, "Cannot insert, node \"%s\" is not top-level.", LYD_NAME(node));
        return LY_EINVAL;
    }
    rc = lyw_make_room(*first, node, first);
    rc = rc ? rc : lyd_insert_sibling(*first, node, &new_first);
    if (!rc) {
        *first = new_first;
        lyw_forget_tree(node);
    }
    return rc;
}

/* Puts a copy of `source` among the children of `parent`, or at the top; see lyw_insert_child and lyw_insert_top. */
LY_ERR
lyw_insert_copy(struct lyd_node *parent, struct lyd_node **first, const struct lyd_node *source, uint32_t options,
        struct lyd_node **copy)
{
    LY_ERR rc;

    *copy = NULL;
    LY_CHECK_RET(lyd_dup_single(source, NULL, options, copy));
    rc = parent ? lyw_insert_child(parent, *copy) : lyw_insert_top(first, *copy);
    if (rc) {
        lyd_free_tree(*copy);
        *copy = NULL;
    }
    return rc;
}

/* As lyw_make_room, beside a node that must stay. Defaults of leaf-lists are left to validation, which removes them. */
static LY_ERR
refuse_duplicate(const struct lyd_node *sibling, const struct lyd_node *node)
{
    if (!node->schema || lysc_is_dup_inst_list(node->schema) || !lyw_find_equal(sibling, node)) {
        return LY_SUCCESS;
    }
    LOGERR(LYD_CTX(node), LY_EEXIST, "There is an instance of \"%s\" already.", LYD_NAME(node));
    return LY_EEXIST;
}

LY_ERR
lyw_insert_before(struct lyd_node *sibling, struct lyd_node *node, struct lyd_node **first)
{
    LY_ERR rc = refuse_duplicate(sibling, node);

    rc = rc ? rc : lyd_insert_before(sibling, node);
    if (!rc) {
        *first = *first == sibling ? node : *first;
        lyw_forget_tree(node);
    }
    return rc;
}

LY_ERR
lyw_insert_after(struct lyd_node *sibling, struct lyd_node *node)
{
    LY_ERR rc = refuse_duplicate(sibling, node);

    rc = rc ? rc : lyd_insert_after(sibling, node);
    if (!rc) {
        lyw_forget_tree(node);
    }
    return rc;
}

/* Creates a path's node and its missing parents, or updates it. *node: the one the path names, NULL if unchanged. */
LY_ERR
lyw_set_path(const struct ly_ctx *context, struct lyd_node *parent, struct lyd_node **first, const char *path,
        const char *value, struct lyd_node **node)
{
    struct lyd_node *top = NULL;
    LY_ERR rc;

    *node = NULL;
    rc = lyd_new_path2(parent ? parent : *first, context, path, value, 0, LYD_ANYDATA_STRING, LYD_NEW_PATH_UPDATE, &top,
            node);
    if (!*first) {
        *first = rc ? NULL : top;
    }
    *first = lyd_first_sibling(*first);
    return rc;
}

/* Merges; with LYD_MERGE_DESTRUCT the source is used up, also when it fails. */
LY_ERR
lyw_merge(struct lyd_node **first, struct lyd_node *source, uint32_t options)
{
    struct lyd_node *root;

    if (options & LYD_MERGE_DESTRUCT) {
        for (root = source; root; root = root->next) {
            lyw_forget_tree(root);
        }
    }
    return lyd_merge_siblings(first, source, options);
}

/* Makes a leaf or leaf-list entry hold `value`. Neither "same value" nor "was a default" is an error here. */
LY_ERR
lyw_change_value(struct lyd_node *node, const char *value)
{
    struct lyd_node *match = NULL;
    LY_ERR rc;

    if (lysc_is_key(node->schema) && node->parent) {
        LOGERR(LYD_CTX(node), LY_EINVAL, "The list key \"%s\" cannot be changed.", LYD_NAME(node));
        return LY_EINVAL;
    }
    if (node->schema && (node->schema->nodetype == LYS_LEAFLIST) && !lysc_is_dup_inst_list(node->schema) &&
            !lyd_find_sibling_val(node, node->schema, value, strlen(value), &match) && (match != node)) {
        LOGERR(LYD_CTX(node), LY_EEXIST, "There is an instance of \"%s\" already.", LYD_NAME(node));
        return LY_EEXIST;
    }
    rc = lyd_change_term(node, value);
    return ((rc == LY_ENOT) || (rc == LY_EEXIST)) ? LY_SUCCESS : rc;
}
