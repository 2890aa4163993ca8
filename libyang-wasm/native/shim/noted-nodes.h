/* See noted-nodes.c. */
#ifndef LYW_NOTED_NODES_H
#define LYW_NOTED_NODES_H

#include "libyang.h"

struct noted_node {
    struct lyd_node *node;
    uint32_t slot;
    uint32_t generation;
    uint32_t mark;        /* for whoever noted it */
};

struct noted_nodes {
    struct noted_node *items;
    uint32_t count;
    uint32_t capacity;
};

LY_ERR noted_add(struct noted_nodes *noted, struct lyd_node *node, uint32_t mark);

/* Adds all nodes of a set, and empties it. */
LY_ERR noted_take(struct noted_nodes *noted, struct ly_set *set);

int noted_is_alive(const struct noted_node *noted);
void noted_erase(struct noted_nodes *noted);

#endif
