/* What the shim's files share. Everything JavaScript may call is listed in ../exports.txt. */
#ifndef LYW_SHIM_H
#define LYW_SHIM_H

#include "libyang.h"

/* See handles.c. */
uint32_t lyw_handle(struct lyd_node *node);
uint32_t lyw_handle_generation(uint32_t slot);

/* Called for each node about to be freed or to change its owner: its handle dies. */
void lyw_forget_node(struct lyd_node *node);
void lyw_forget_tree(struct lyd_node *root);

/* The nodes inside an anydata or anyxml node, or NULL. */
struct lyd_node *lyw_any_tree(const struct lyd_node *node);

/* Whether libyang keeps it for itself. */
uint32_t lyw_meta_is_internal(const struct lyd_meta *meta);

/*
 * What has to be left of the heap, in sixteenths, for work to begin or to go on. The less it could be done without, the
 * deeper it may go: input is refused first, then what copies data or searches all of it. Undoing and finishing is never
 * refused, so that something is left for it.
 */
enum lyw_reserve {
    LYW_RESERVE_OF_INPUT = 4,
    LYW_RESERVE_OF_COPIES = 2,
    LYW_RESERVE_OF_SETTLING = 1
};

/* See heap.c. Whether `bytes` more would leave less than the reserve. */
uint32_t lyw_heap_is_low(size_t bytes, enum lyw_reserve reserve);
/* realloc() that gives NULL when there is no memory: any other allocation ends the instance then. */
void *lyw_try_realloc(void *block, size_t size);

/* Beside libyang's own result codes: a node that was to be used again is not there any more. */
#define LYW_STALE ((LY_ERR)0x10000)

/* See validation-pass.c. */
LY_ERR lyw_check_twins(const struct lyd_node *node);

/* See budget.c. */
LY_ERR lyw_parsing_begin(const char *text);
LY_ERR lyw_parsing_end(LY_ERR result);

/* See edit.c. */
LY_ERR lyw_make_room(struct lyd_node *siblings, const struct lyd_node *node, struct lyd_node **first);

/* See data.c. */
struct lyd_node *lyw_find_equal(const struct lyd_node *siblings, const struct lyd_node *wanted);

#endif
