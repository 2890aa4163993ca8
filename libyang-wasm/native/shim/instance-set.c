/*
 * Sets of data instances, by what they are (schema node and keys) and not by where they lie in memory: which places of
 * two trees may differ. A set is a sparse tree: copies of its members without what is below them, and of their
 * ancestors. A member stands for everything below it; a shallow one, a container, for no more than being there, so that
 * what is below can be looked at piece by piece. All look-ups go through libyang's hash tables, so that every
 * function here takes time in proportion to the members, whatever the size of the trees.
 */
#include <stdint.h>

#include "libyang.h"
#include "ly_common.h"
#include "tree_data_internal.h"
#include "shim.h"

/* In a set's own nodes, where libyang uses the low bits only. */
#define MEMBER 0x80000000u
#define PLACED 0x40000000u
#define SHALLOW 0x20000000u

static int
is_user_ordered(const struct lyd_node *node)
{
    return lysc_is_userordered(node->schema);
}

/* The instance before this one in its list or leaf-list. */
static const struct lyd_node *
previous_instance(const struct lyd_node *node)
{
    return node->prev->next && (node->prev->schema == node->schema) ? node->prev : NULL;
}

static int
is_same_instance(const struct lyd_node *a, const struct lyd_node *b)
{
    return (!a && !b) || (a && b && !lyd_compare_single(a, b, 0));
}

/* What the tree that begins with `first` has in the place of `node`, which is in another tree. */
struct lyd_node *
lyw_counterpart(const struct lyd_node *first, const struct lyd_node *node)
{
    const struct lyd_node *parent;

    if (!node->parent) {
        return lyw_find_equal(first, node);
    }
    parent = lyw_counterpart(first, lyd_parent(node));
    return parent ? lyw_find_equal(lyd_child(parent), node) : NULL;
}

/* The set's node for `node`, made if need be; or the member above it. */
static LY_ERR
place(struct lyd_node **first, const struct lyd_node *node, struct lyd_node **placed)
{
    struct lyd_node *parent = NULL;

    if (node->parent) {
        LY_CHECK_RET(place(first, lyd_parent(node), &parent));
        if (parent->flags & MEMBER) {
            *placed = parent;
            return LY_SUCCESS;
        }
    }
    *placed = lyw_find_equal(parent ? lyd_child(parent) : *first, node);
    if (*placed) {
        return LY_SUCCESS;
    }
    LY_CHECK_RET(lyd_dup_single(node, NULL, LYD_DUP_NO_META, placed));
    /* In the order of arrival: nobody needs a set sorted. */
    lyd_insert_node(parent, parent ? NULL : first, *placed, LYD_INSERT_NODE_LAST_BY_SCHEMA);
    return LY_SUCCESS;
}

static void
free_below(struct lyd_node *node)
{
    struct lyd_node *child, *next;

    LY_LIST_FOR_SAFE(lyd_child_no_keys(node), next, child) {
        lyd_free_tree(child);
    }
}

/* *added: whether neither it nor anything above it was a member. */
LY_ERR
lyw_set_add(struct lyd_node **first, const struct lyd_node *node, uint32_t *added)
{
    struct lyd_node *placed = NULL;

    *added = 0;
    LY_CHECK_RET(place(first, node, &placed));
    if (placed->flags & MEMBER) {
        return LY_SUCCESS;
    }
    free_below(placed);
    placed->flags = (placed->flags & ~SHALLOW) | MEMBER;
    *added = 1;
    return LY_SUCCESS;
}

/* A container, without what is below it. */
LY_ERR
lyw_set_add_shallow(struct lyd_node **first, const struct lyd_node *node)
{
    struct lyd_node *placed = NULL;

    LY_CHECK_RET(place(first, node, &placed));
    placed->flags |= placed->flags & MEMBER ? 0 : SHALLOW;
    return LY_SUCCESS;
}

uint32_t
lyw_set_is_shallow(const struct lyd_node *member)
{
    return (member->flags & SHALLOW) != 0;
}

/* The first member at or after `node` in its siblings and what they hold. */
static const struct lyd_node *
first_member(const struct lyd_node *node)
{
    const struct lyd_node *found;

    LY_LIST_FOR(node, node) {
        /* Copies of ancestors have their keys. */
        if (lysc_is_key(node->schema) && !(node->flags & MEMBER)) {
            continue;
        }
        found = node->flags & (MEMBER | SHALLOW) ? node : first_member(lyd_child(node));
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* The member after `member`, or the first one when that is NULL; NULL after the last. */
const struct lyd_node *
lyw_set_next(const struct lyd_node *set, const struct lyd_node *member)
{
    const struct lyd_node *found;

    if (!member) {
        return first_member(set);
    }
    if (member->flags & SHALLOW) {
        found = first_member(lyd_child(member));
        if (found) {
            return found;
        }
    }
    for (; member; member = lyd_parent(member)) {
        found = first_member(member->next);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static LY_ERR
add(struct lyd_node **set, const struct lyd_node *node)
{
    uint32_t added;

    LY_CHECK_RET(lyw_heap_is_low(0, LYW_RESERVE_OF_COPIES), LY_EMEM);
    return lyw_set_add(set, node, &added);
}

static int
has_other_order(const struct lyd_node *a, const struct lyd_node *b)
{
    return is_user_ordered(a) && !is_same_instance(previous_instance(a), previous_instance(b));
}

/* One entry in another place is reason to look at the whole list: which of them moved is a matter of opinion. */
static LY_ERR
add_instances(struct lyd_node **set, const struct lyd_node *one)
{
    const struct lyd_node *at;

    for (at = one; previous_instance(at); at = previous_instance(at)) {}
    for (; at && (at->schema == one->schema); at = at->next) {
        LY_CHECK_RET(add(set, at));
    }
    return LY_SUCCESS;
}

static LY_ERR add_differences(struct lyd_node **set, const struct lyd_node *a, const struct lyd_node *b);

static LY_ERR
add_difference(struct lyd_node **set, const struct lyd_node *node, const struct lyd_node *other)
{
    if (!other && (node->schema->nodetype == LYS_CONTAINER)) {
        LY_CHECK_RET(lyw_set_add_shallow(set, node));
        return add_differences(set, lyd_child(node), NULL);
    }
    if (!other) {
        return add(set, node);
    }
    if (has_other_order(node, other)) {
        LY_CHECK_RET(add_instances(set, node));
        return add_instances(set, other);
    }
    if (node->schema->nodetype & LYD_NODE_INNER) {
        return add_differences(set, lyd_child_no_keys(node), lyd_child_no_keys(other));
    }
    if (lyd_compare_single(node, other, LYD_COMPARE_FULL_RECURSION | LYD_COMPARE_DEFAULTS)) {
        return add(set, node);
    }
    return LY_SUCCESS;
}

static LY_ERR
add_differences(struct lyd_node **set, const struct lyd_node *a, const struct lyd_node *b)
{
    const struct lyd_node *node;

    LY_LIST_FOR(a, node) {
        LY_CHECK_RET(add_difference(set, node, lyw_find_equal(b, node)));
    }
    LY_LIST_FOR(b, node) {
        if (!lyw_find_equal(a, node)) {
            LY_CHECK_RET(add(set, node));
        }
    }
    return LY_SUCCESS;
}

/* Adds every place in which an instance and what another tree has in its place differ. In proportion to the two. */
LY_ERR
lyw_set_add_difference(struct lyd_node **set, const struct lyd_node *node, const struct lyd_node *other)
{
    return add_difference(set, node, other);
}

/* Adds the members of one set to another. */
static LY_ERR
add_members(struct lyd_node **set, const struct lyd_node *members)
{
    const struct lyd_node *member;
    uint32_t added;

    for (member = lyw_set_next(members, NULL); member; member = lyw_set_next(members, member)) {
        LY_CHECK_RET(member->flags & SHALLOW ? lyw_set_add_shallow(set, member) : lyw_set_add(set, member, &added));
    }
    return LY_SUCCESS;
}

/* Adds every place in which two whole trees differ, or none, when it fails. In proportion to the trees. */
LY_ERR
lyw_set_add_differences(struct lyd_node **set, const struct lyd_node *a, const struct lyd_node *b)
{
    struct lyd_node *found = NULL;
    LY_ERR rc = add_differences(&found, a, b);

    if (!rc && !*set) {
        *set = found;
        return LY_SUCCESS;
    }
    rc = rc ? rc : add_members(set, found);
    lyd_free_all(found);
    return rc;
}

/* Whether two nodes that stand for the same instance hold the same, and lie in the same place among their siblings. */
uint32_t
lyw_is_equal(const struct lyd_node *a, const struct lyd_node *b)
{
    return !has_other_order(a, b) && !lyd_compare_single(a, b, LYD_COMPARE_FULL_RECURSION | LYD_COMPARE_DEFAULTS);
}

/* Siblings of a tree that is being changed. `parent` NULL: its top level. */
struct level {
    struct lyd_node **first;
    struct lyd_node *parent;
};

static struct lyd_node *
siblings_of(const struct level *level)
{
    return level->parent ? lyd_child(level->parent) : *level->first;
}

static LY_ERR
insert_copy(const struct level *to, const struct lyd_node *node, uint32_t options)
{
    const struct lyd_node *before = previous_instance(node);
    struct lyd_node *copy = NULL, *anchor = NULL;

    /* Without metadata: libyang keeps a list's sort tree there, which belongs to the original. */
    LY_CHECK_RET(lyd_dup_single(node, NULL, options | LYD_DUP_WITH_FLAGS | LYD_DUP_NO_META, &copy));
    if (is_user_ordered(node) && before) {
        return lyd_insert_after(lyw_find_equal(siblings_of(to), before), copy);
    }
    if (is_user_ordered(node) && !lyd_find_sibling_val(siblings_of(to), node->schema, NULL, 0, &anchor)) {
        LY_CHECK_RET(lyd_insert_before(anchor, copy));
        *to->first = lyd_first_sibling(*to->first);
        return LY_SUCCESS;
    }
    return to->parent ? lyd_insert_child(to->parent, copy) : lyd_insert_sibling(*to->first, copy, to->first);
}

static void
remove_node(const struct level *to, struct lyd_node *node)
{
    *to->first = *to->first == node ? node->next : *to->first;
    lyd_free_tree(node);
}

static LY_ERR
copy_instance(const struct level *to, const struct lyd_node *node)
{
    struct lyd_node *old = lyw_find_equal(siblings_of(to), node);

    if (old && lyw_is_equal(old, node)) {
        return LY_SUCCESS;
    }
    if (old) {
        remove_node(to, old);
    }
    return insert_copy(to, node, LYD_DUP_RECURSIVE);
}

/* Entries that the user ordered go behind the one before them, which therefore has to be in its place first. */
static LY_ERR
copy_member(struct lyd_node *members, struct lyd_node *member, const struct lyd_node *from, const struct level *to)
{
    struct lyd_node *source = lyw_find_equal(from, member), *old;
    LY_ERR rc = LY_SUCCESS;
    struct ly_set chain = {0};

    if (!source) {
        old = lyw_find_equal(siblings_of(to), member);
        if (old) {
            remove_node(to, old);
        }
        return LY_SUCCESS;
    }
    while (member && (member->flags & MEMBER) && !(member->flags & PLACED)) {
        LY_CHECK_GOTO(rc = ly_set_add(&chain, source, 1, NULL), done);
        member->flags |= PLACED;
        source = is_user_ordered(source) ? (struct lyd_node *)previous_instance(source) : NULL;
        member = source ? lyw_find_equal(members, source) : NULL;
    }
    while (chain.count && !rc) {
        rc = copy_instance(to, chain.dnodes[chain.count - 1]);
        ly_set_rm_index_ordered(&chain, chain.count - 1, NULL);
    }
done:
    ly_set_erase(&chain, NULL);
    return rc;
}

/* How far a call may go, and whether it came anywhere. */
struct allowance {
    uint32_t places;
    int is_low_on_memory;
    int is_used;
};

/* Whether the place of a member may be settled. What goes makes room; what is copied needs some. */
static int
may_settle(struct allowance *allowance, const struct lyd_node *source)
{
    allowance->is_low_on_memory = source && lyw_heap_is_low(0, LYW_RESERVE_OF_SETTLING);
    return allowance->places && !allowance->is_low_on_memory;
}

/* A container that goes may hold very much: that goes first, as much as may. Returns whether nothing is left in it. */
static int
empty_container(struct lyd_node *container, struct allowance *allowance)
{
    while (lyd_child(container)) {
        if (!allowance->places) {
            return 0;
        }
        lyd_free_tree(lyd_child(container));
        --allowance->places;
        allowance->is_used = 1;
    }
    return 1;
}

static LY_ERR
settle(const struct level *set, const struct lyd_node *from, const struct level *to, struct allowance *allowance)
{
    struct lyd_node *member, *next, *source;
    struct level set_below = {.first = set->first}, below = {.first = to->first};

    LY_LIST_FOR_SAFE(siblings_of(set), next, member) {
        if (lysc_is_key(member->schema)) {
            continue;
        }
        source = lyw_find_equal(from, member);
        if (!may_settle(allowance, source)) {
            return LY_SUCCESS;
        }
        below.parent = lyw_find_equal(siblings_of(to), member);
        if ((member->flags & SHALLOW) && source && !below.parent) {
            LY_CHECK_RET(insert_copy(to, source, 0));
            allowance->is_used = 1;
            below.parent = lyw_find_equal(siblings_of(to), member);
        }
        if (!(member->flags & MEMBER) && source && below.parent) {
            set_below.parent = member;
            LY_CHECK_RET(settle(&set_below, lyd_child(source), &below, allowance));
            if (lyd_child_no_keys(member)) {
                return LY_SUCCESS;
            }
            remove_node(set, member);
            continue;
        }
        if (!source && below.parent && (below.parent->schema->nodetype == LYS_CONTAINER) &&
                !empty_container(below.parent, allowance)) {
            return LY_SUCCESS;
        }
        /* What members are in came or went with them. */
        member->flags |= MEMBER;
        if (!(member->flags & PLACED)) {
            LY_CHECK_RET(copy_member(lyd_first_sibling(member), member, from, to));
            --allowance->places;
            allowance->is_used = 1;
        }
        if (!is_user_ordered(member) || !source) {
            remove_node(set, member);
        }
    }
    LY_LIST_FOR_SAFE(siblings_of(set), next, member) {
        /* Those that the user ordered are looked up while the others are placed; of those that went none is. */
        if (is_user_ordered(member) && (member->flags & MEMBER)) {
            remove_node(set, member);
        }
    }
    return LY_SUCCESS;
}

/*
 * Makes the tree `to` what the tree `from` is, in up to `limit` places of the set, which are taken out of it; what
 * validation noted at the nodes is copied too. It stops short of the limit when memory gets low, and gives LY_EMEM
 * when it could not even begin.
 */
LY_ERR
lyw_set_settle(struct lyd_node **set, const struct lyd_node *from, struct lyd_node **to, uint32_t limit)
{
    const struct level places = {.first = set}, top = {.first = to};
    struct allowance allowance = {.places = limit};

    LY_CHECK_RET(settle(&places, from, &top, &allowance));
    return allowance.is_low_on_memory && !allowance.is_used ? LY_EMEM : LY_SUCCESS;
}
