/*
 * What entries of a list hold in the leafs of a unique statement, each as one number: so that it can be told without
 * looking at the others whether one may hold the same as another. Equal tuples have equal numbers; different ones, in
 * all probability, different numbers.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libyang.h"
#include "ly_common.h"
#include "plugins_types.h"
#include "tree_schema_internal.h"

/* FNV-1a. */
#define HASH_START 0xcbf29ce484222325ull
#define HASH_PRIME 0x100000001b3ull

/* JavaScript's numbers hold 53 bits. */
#define HASH_HIGH_BITS 0x1fffffu

static uint32_t *numbers;
static uint32_t count;
static uint32_t capacity;

static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes, *end = at + length;

    for (; at < end; ++at) {
        hash = (hash ^ *at) * HASH_PRIME;
    }
    /* "a" and "b" are not "ab" and "". */
    return (hash ^ length) * HASH_PRIME;
}

static uint64_t
hash_value(uint64_t hash, const struct lyd_value *value, const struct ly_ctx *context)
{
    const char *text;
    const void *bytes;
    ly_bool is_dynamic = 0;
    size_t length = 0;

    if (value->realtype->basetype == LY_TYPE_UNION) {
        /* Whatever type it has at the moment. */
        text = lyd_value_get_canonical(context, value);
        return hash_bytes(hash, text, strlen(text));
    }
    bytes = value->realtype->plugin->print(NULL, value, LY_VALUE_LYB, NULL, &is_dynamic, &length);
    hash = hash_bytes(hash, bytes, length);
    if (is_dynamic) {
        free((void *)bytes);
    }
    return hash;
}

static const struct lyd_value *
value_in(const struct lyd_node *entry, const struct lysc_node *schema)
{
    const struct lysc_node *step = schema;
    struct lyd_node *child = NULL;

    while (entry && (entry->schema != schema)) {
        for (step = schema; lysc_data_parent(step) != entry->schema; step = lysc_data_parent(step)) {}
        entry = lyd_find_sibling_val(lyd_child(entry), step, NULL, 0, &child) ? NULL : child;
    }
    return entry ? &((const struct lyd_node_term *)entry)->value : ((const struct lysc_node_leaf *)schema)->dflt;
}

static LY_ERR
add_number(uint64_t hash)
{
    uint32_t *larger;

    if (count == capacity) {
        larger = realloc(numbers, (capacity ? capacity * 2 : 64) * 2 * sizeof *larger);
        LY_CHECK_RET(!larger, LY_EMEM);
        numbers = larger;
        capacity = capacity ? capacity * 2 : 64;
    }
    numbers[2 * count] = (uint32_t)(hash >> 32) & HASH_HIGH_BITS;
    numbers[2 * count + 1] = (uint32_t)hash;
    ++count;
    return LY_SUCCESS;
}

/* Entries of the same list only have to differ where they have the same parent. An incomplete tuple equals none. */
static LY_ERR
add_tuple(const struct lyd_node *entry, uint32_t unique)
{
    const struct lysc_node_list *list = (const struct lysc_node_list *)entry->schema;
    const struct lysc_node_leaf **leafs = list->uniques[unique];
    const struct lyd_node *parent;
    const struct lyd_value *value;
    uintptr_t schema = (uintptr_t)list;
    uint64_t hash = HASH_START;
    LY_ARRAY_COUNT_TYPE u;

    hash = hash_bytes(hash, &schema, sizeof schema);
    hash = hash_bytes(hash, &unique, sizeof unique);
    for (parent = lyd_parent(entry); parent; parent = lyd_parent(parent)) {
        hash = hash_bytes(hash, &parent->hash, sizeof parent->hash);
    }
    LY_ARRAY_FOR(leafs, u) {
        value = value_in(entry, &leafs[u]->node);
        if (!value) {
            return LY_SUCCESS;
        }
        hash = hash_value(hash, value, list->module->ctx);
    }
    return add_number(hash);
}

static LY_ERR
add_below(const struct lyd_node *node, const struct lysc_node *list, uint32_t unique)
{
    const struct lysc_node *step = list;
    struct lyd_node *child = NULL;

    if (node->schema == list) {
        return add_tuple(node, unique);
    }
    while (step && (lysc_data_parent(step) != node->schema)) {
        step = lysc_data_parent(step);
    }
    if (!step || lyd_find_sibling_val(lyd_child(node), step, NULL, 0, &child)) {
        return LY_SUCCESS;
    }
    for (; child && (child->schema == step); child = child->next) {
        LY_CHECK_RET(add_below(child, list, unique));
    }
    return LY_SUCCESS;
}

/*
 * The numbers of the entries of `list` at or below `node` and its next siblings of the same kind, `limit` of them. Of
 * each its high and its low word, for the caller to free. *next: the first sibling not looked at, or NULL.
 */
LY_ERR
lyw_unique_tuples(const struct lyd_node *node, const struct lysc_node *list, uint32_t unique, uint32_t limit,
        const struct lyd_node **next, uint32_t **found, uint32_t *found_count)
{
    const struct lysc_node *schema = node->schema;
    LY_ERR rc = LY_SUCCESS;

    count = 0;
    for (; node && (node->schema == schema) && limit && !rc; node = node->next, --limit) {
        rc = add_below(node, list, unique);
    }
    *next = node && (node->schema == schema) ? node : NULL;
    *found = numbers;
    *found_count = count;
    numbers = NULL;
    capacity = 0;
    return rc;
}
