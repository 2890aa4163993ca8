/*
 * Nodes to come back to later, any of which may be gone by then: a node is known by its address together with its handle
 * (handles.c), so that one that was freed is passed over, whatever lies at its address now.
 */
#include <stdlib.h>

#include "ly_common.h"
#include "noted-nodes.h"
#include "shim.h"

LY_ERR
noted_add(struct noted_nodes *noted, struct lyd_node *node, uint32_t mark)
{
    uint32_t slot = lyw_handle(node), wanted;
    struct noted_node *larger;

    LY_CHECK_RET(!slot, LY_EMEM);
    if (noted->count == noted->capacity) {
        wanted = noted->capacity ? noted->capacity * 2 : 16;
        larger = realloc(noted->items, wanted * sizeof *larger);
        LY_CHECK_RET(!larger, LY_EMEM);
        noted->items = larger;
        noted->capacity = wanted;
    }
    noted->items[noted->count++] = (struct noted_node){node, slot, lyw_handle_generation(slot), mark};
    return LY_SUCCESS;
}

LY_ERR
noted_take(struct noted_nodes *noted, struct ly_set *set)
{
    LY_ERR rc = LY_SUCCESS;
    uint32_t i;

    for (i = 0; (i < set->count) && !rc; ++i) {
        rc = noted_add(noted, set->dnodes[i], 0);
    }
    ly_set_erase(set, NULL);
    return rc;
}

int
noted_is_alive(const struct noted_node *noted)
{
    return lyw_handle_generation(noted->slot) == noted->generation;
}

void
noted_erase(struct noted_nodes *noted)
{
    free(noted->items);
    *noted = (struct noted_nodes){0};
}
