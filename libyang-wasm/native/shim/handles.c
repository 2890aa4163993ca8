/*
 * Handles: how JavaScript may hold a node without ever touching freed memory.
 *
 * A node that JavaScript looks at gets a slot, whose number is kept in the node's `priv` field (libyang leaves it to
 * its user). Each slot has a generation; JavaScript keeps slot and generation. When the node is freed, whoever frees
 * it (an edit, a validation, a merge), or leaves its tree, the generation goes up and the slot is free for another
 * node: the old handle no longer matches, even if new data sits at the old address. One slot per node looked at, and
 * it lives no longer than the node.
 *
 * lyw_forget_node() is called from libyang's lyd_free_subtree(), see source-edits.mjs.
 */
#include <stdint.h>
#include <stdlib.h>

#include "libyang.h"
#include "shim.h"

#define FIRST_CAPACITY 1024u

struct slot {
    uint32_t generation;
    uint32_t next_free;
};

static struct slot *slots;
static uint32_t capacity;
static uint32_t used = 1;      /* slot 0 means "no slot" */
static uint32_t first_free;    /* a list through next_free, ended by 0 */

static uint32_t
take_slot(void)
{
    uint32_t slot = first_free, wanted;
    struct slot *larger;

    if (slot) {
        first_free = slots[slot].next_free;
        return slot;
    }
    if (used >= capacity) {
        wanted = capacity ? capacity * 2 : FIRST_CAPACITY;
        larger = realloc(slots, wanted * sizeof *slots);
        if (!larger) {
            return 0;
        }
        slots = larger;
        capacity = wanted;
    }
    slot = used++;
    slots[slot].generation = 0;
    return slot;
}

/* The node's slot, given out on first use. 0: out of memory. */
uint32_t
lyw_handle(struct lyd_node *node)
{
    if (!node->priv) {
        node->priv = (void *)(uintptr_t)take_slot();
    }
    return (uint32_t)(uintptr_t)node->priv;
}

uint32_t
lyw_handle_generation(uint32_t slot)
{
    return slots[slot].generation;
}

void
lyw_forget_node(struct lyd_node *node)
{
    uint32_t slot = (uint32_t)(uintptr_t)node->priv;

    if (slot) {
        slots[slot].generation += 1;
        slots[slot].next_free = first_free;
        first_free = slot;
        node->priv = NULL;
    }
}

/* Depth is bounded by libyang's parser (500 levels of XML), so recursion is safe on a 4 MiB stack. */
void
lyw_forget_tree(struct lyd_node *root)
{
    struct lyd_node *child;

    lyw_forget_node(root);
    for (child = lyd_child(root); child; child = child->next) {
        lyw_forget_tree(child);
    }
    for (child = lyw_any_tree(root); child; child = child->next) {
        lyw_forget_tree(child);
    }
}
