/* Values that equal the model's defaults. */
#include <stdint.h>

#include "libyang.h"
#include "ly_common.h"
#include "plugins_types.h"
#include "shim.h"

static int
is_same_value(const struct lyd_node *entry, const struct lyd_value *value)
{
    const struct lysc_node_leaflist *list = (const struct lysc_node_leaflist *)entry->schema;

    return !list->type->plugin->compare(LYD_CTX(entry), &((const struct lyd_node_term *)entry)->value, value);
}

static int
is_among_defaults(const struct lyd_node *entry, const struct lysc_node_leaflist *list)
{
    LY_ARRAY_COUNT_TYPE u;

    LY_ARRAY_FOR(list->dflts, u) {
        if (is_same_value(entry, list->dflts[u])) {
            return 1;
        }
    }
    return 0;
}

/* The first of an entry's leaf-list, NULL if there are more than `count` before it. */
static const struct lyd_node *
first_within(const struct lyd_node *entry, LY_ARRAY_COUNT_TYPE count)
{
    while (entry->prev->next && (entry->prev->schema == entry->schema)) {
        if (!count--) {
            return NULL;
        }
        entry = entry->prev;
    }
    return entry;
}

/*
 * Whether leaving out a leaf, or entry of a leaf-list, says the same as it does. Defaults of a leaf-list are in use where
 * it has no entry at all (RFC 7950 7.7.2): some of them, or others as well, are no defaults.
 */
uint32_t
lyw_has_default_value(const struct lyd_node *node)
{
    const struct lysc_node *schema = node->schema;
    const struct lysc_node_leaflist *list = (const struct lysc_node_leaflist *)schema;
    LY_ARRAY_COUNT_TYPE count, u = 0;

    if (!schema || (schema->nodetype != LYS_LEAFLIST)) {
        return schema ? lyd_is_default(node) : 0;
    }
    count = LY_ARRAY_COUNT(list->dflts);
    for (node = first_within(node, count); node && (node->schema == schema); node = node->next, u++) {
        if ((u == count) || !(schema->flags & LYS_ORDBY_USER ? is_same_value(node, list->dflts[u]) : is_among_defaults(node, list))) {
            return 0;
        }
    }
    return u && (u == count);
}
