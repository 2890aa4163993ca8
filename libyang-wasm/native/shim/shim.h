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
/* See heap.c. */
uint32_t lyw_take_memory_refusal(void);

/* Beside libyang's own result codes: a node that was to be used again is not there any more. */
#define LYW_STALE ((LY_ERR)0x10000)

/* See validation-pass.c. */
LY_ERR lyw_check_twins(const struct lyd_node *node);

/* See budget.c. */
void lyw_parsing_begin(const char *text);
LY_ERR lyw_parsing_end(LY_ERR result);

/* See data.c. */
struct lyd_node *lyw_find_equal(const struct lyd_node *siblings, const struct lyd_node *wanted);

#endif
