/* Finding data by what it is, without a handle for anything passed over. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libyang.h"
#include "ly_common.h"
#include "shim.h"
#include "tree_data_internal.h"
#include "tree_data_sorted.h"

/* The first instance of a schema node among siblings: a look into their hash table, if they have one. */
struct lyd_node *
lyw_find_first(const struct lyd_node *siblings, const struct lysc_node *schema)
{
    struct lyd_node *match = NULL;

    return siblings && !lyd_find_sibling_val(siblings, schema, NULL, 0, &match) ? match : NULL;
}

/* How many values name an entry: a list's keys, or a leaf-list's own value. 0: entries have no name. */
uint32_t
lyw_key_count(const struct lysc_node *list)
{
    const struct lysc_node *key;
    uint32_t count = list->nodetype == LYS_LEAFLIST;

    for (key = lysc_node_child(list); key && (key->flags & LYS_KEY); key = key->next) {
        count += 1;
    }
    return count;
}

static LY_ERR
new_term(const struct lysc_node *schema, const char *text, struct lyd_node **node)
{
    return lyd_create_term(schema, text, strlen(text), 0, 0, NULL, LY_VALUE_JSON, NULL, LYD_HINT_DATA, NULL, node);
}

static LY_ERR
new_entry(const struct lysc_node *list, const char **keys, struct lyd_node **entry)
{
    const struct lysc_node *schema;
    struct lyd_node *key;

    if (list->nodetype == LYS_LEAFLIST) {
        return new_term(list, keys[0], entry);
    }
    LY_CHECK_RET(lyd_create_inner(list, entry));
    for (schema = lysc_node_child(list); schema && (schema->flags & LYS_KEY); schema = schema->next, keys++) {
        LY_CHECK_RET(new_term(schema, *keys, &key));
        lyd_insert_node(*entry, NULL, key, LYD_INSERT_NODE_LAST);
    }
    return LY_SUCCESS;
}

/* The entry with these keys, lyw_key_count() of them. *entry: NULL when there is none. Fails for a wrong value. */
LY_ERR
lyw_find_entry(const struct lyd_node *siblings, const struct lysc_node *list, const char **keys, struct lyd_node **entry)
{
    struct lyd_node *wanted = NULL;
    LY_ERR rc = new_entry(list, keys, &wanted);

    *entry = NULL;
    rc = rc ? rc : lyd_find_sibling_first(siblings, wanted, entry);
    lyd_free_tree(wanted);
    return rc == LY_ENOTFOUND ? LY_SUCCESS : rc;
}

/* *canonical is to be freed by the caller. Fails when the text is no value of the leaf or leaf-list. */
LY_ERR
lyw_canonical_value(const struct lysc_node *leaf, const char *text, char **canonical)
{
    struct lyd_node *node = NULL;

    *canonical = NULL;
    LY_CHECK_RET(new_term(leaf, text, &node));
    *canonical = strdup(lyd_get_value(node));
    lyd_free_tree(node);
    return *canonical ? LY_SUCCESS : LY_EMEM;
}

struct lyw_condition {
    const struct lysc_node *leaf;
    const char *value; /* canonical */
};

static int
has_value(const struct lyd_node *entry, const struct lyw_condition *condition)
{
    const struct lyd_node *child;
    const char *value;

    for (child = lyd_child(entry); child; child = child->next) {
        value = child->schema == condition->leaf ? lyd_get_value(child) : NULL;
        if (value && !strcmp(value, condition->value)) {
            return 1;
        }
    }
    return 0;
}

/*
 * Looks at a list's entries from `entry` on, `max_entries` at most, for one that meets all conditions. Returns that
 * one, or the first it has not looked at, or NULL after the last.
 */
struct lyd_node *
lyw_find_match(struct lyd_node *entry, const struct lyw_condition *conditions, uint32_t count, uint32_t max_entries,
        uint32_t *is_match)
{
    const struct lysc_node *list = entry->schema;
    uint32_t met;

    *is_match = 0;
    for (; entry && (entry->schema == list) && max_entries; entry = entry->next, max_entries--) {
        for (met = 0; (met < count) && has_value(entry, &conditions[met]); met++) {}
        if (met == count) {
            *is_match = 1;
            return entry;
        }
    }
    return entry && (entry->schema == list) ? entry : NULL;
}

/* Whether a node comes before one of its siblings. What the system orders is in the order of its keys or values. */
uint32_t
lyw_precedes(struct lyd_node *node, struct lyd_node *sibling)
{
    const struct lyd_node *next;

    if ((node->schema == sibling->schema) && lyds_is_supported(node)) {
        return lyds_compare_single(node, sibling) < 0;
    }
    for (next = node->next; next && (next != sibling); next = next->next) {}
    return next != NULL;
}
