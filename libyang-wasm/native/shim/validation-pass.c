/*
 * Compiled instead of libyang's validation.c, which it includes as edited (source-edits.mjs): validating a tree in parts
 * needs that file's static functions. So do the parts that this file ends with.
 *
 * A pass takes the steps of lyd_validate() one by one, each for the nodes it is given, in the same order: first what
 * completes the tree (defaults) and what takes nodes out (when), then what values refer to, then the rules a final tree
 * has to obey. Which nodes that have to be is up to the caller.
 */
#include <stdlib.h>

#include "libyang.h"
#include "hash_table_internal.h"
#include "ly_common.h"
#include "tree_data_internal.h"

/* A value whose target is missing is one error of several: libyang would end the whole validation with it. */
static LY_ERR
resolve_value(const struct ly_ctx *context, const struct lysc_type *type, struct lyd_value *value,
        const struct lyd_node *node, const struct lyd_node *first)
{
    LY_ERR rc = lyd_value_validate_incomplete(context, type, value, node, first);

    return rc && (rc != LY_EMEM) ? LY_EVALID : rc;
}

#define lyd_value_validate_incomplete resolve_value
#include "edited/src/validation.c"
#undef lyd_value_validate_incomplete

#include "noted-nodes.h"
#include "shim.h"

struct lyw_pass {
    uint32_t options;
    struct noted_nodes whens;
    struct noted_nodes types;
    struct noted_nodes annotated;    /* with metadata whose values refer to something */
    struct ly_ht *schema_children;   /* libyang's cache, which goes by the parent: */
    struct ly_ht *top_children;      /* at the top it serves one module only */
    const struct lys_module *top_module;
    struct lyd_node **changes;       /* of the call under way */
};

/* What libyang's functions find to do later, of one call. */
struct findings {
    struct ly_set whens;
    struct ly_set types;
    struct ly_set metadata;
    struct ly_set extension_nodes;
    struct ly_set extension_values;
};

void
lyw_pass_free(struct lyw_pass *pass)
{
    noted_erase(&pass->whens);
    noted_erase(&pass->types);
    noted_erase(&pass->annotated);
    lyd_val_getnext_ht_free(pass->schema_children);
    lyd_val_getnext_ht_free(pass->top_children);
    free(pass);
}

/* NULL: out of memory. */
struct lyw_pass *
lyw_pass_new(uint32_t options)
{
    struct lyw_pass *pass = calloc(1, sizeof *pass);

    if (pass && lyd_val_getnext_ht_new(&pass->schema_children)) {
        free(pass);
        return NULL;
    }
    if (pass) {
        pass->options = options;
    }
    return pass;
}

/* Where the schema children of a node are cached, or those at the top of `module`, if there is one. NULL: out of memory. */
static struct ly_ht *
children_cache(struct lyw_pass *pass, const struct lys_module *module)
{
    if (!module) {
        return pass->schema_children;
    }
    if (pass->top_module != module) {
        lyd_val_getnext_ht_free(pass->top_children);
        pass->top_children = NULL;
        pass->top_module = lyd_val_getnext_ht_new(&pass->top_children) ? NULL : module;
    }
    return pass->top_children;
}

/* Notes what was found, and asks extensions at once; `rc` is what finding it came to. */
static LY_ERR
keep(struct lyw_pass *pass, struct findings *found, struct lyd_node *first, LY_ERR rc)
{
    LY_ERR extensions = lyd_validate_unres(&first, NULL, LYD_TYPE_DATA_YANG, NULL, 0, NULL, NULL,
            &found->extension_nodes, &found->extension_values, pass->options, NULL), kept;
    uint32_t i;

    ly_set_erase(&found->extension_nodes, free);
    ly_set_erase(&found->extension_values, free);
    kept = noted_take(&pass->whens, &found->whens);
    kept = kept ? kept : noted_take(&pass->types, &found->types);
    for (i = 0; (i < found->metadata.count) && !kept; ++i) {
        kept = noted_add(&pass->annotated, ((struct lyd_meta *)found->metadata.objs[i])->parent, 0);
    }
    ly_set_erase(&found->whens, NULL);
    ly_set_erase(&found->types, NULL);
    ly_set_erase(&found->metadata, NULL);
    return kept ? kept : rc ? rc : extensions;
}

/* Calls `visit` for each instance of `schema` at or below `node`; until one call fails, unless all errors are wanted. */
static LY_ERR
for_each_instance(struct lyw_pass *pass, struct lyd_node *node, const struct lysc_node *schema,
        LY_ERR (*visit)(struct lyw_pass *pass, struct lyd_node *instance))
{
    const struct lysc_node *step = schema;
    struct lyd_node *child, *next;
    LY_ERR rc, worst = LY_SUCCESS;

    if (node->schema == schema) {
        return visit(pass, node);
    }
    while (lysc_data_parent(step) && (lysc_data_parent(step) != node->schema)) {
        step = lysc_data_parent(step);
    }
    if (!lysc_data_parent(step) || lyd_find_sibling_val(lyd_child(node), step, NULL, 0, &child)) {
        return LY_SUCCESS;
    }
    for (; child && (child->schema == step); child = next) {
        next = child->next;
        rc = for_each_instance(pass, child, schema, visit);
        LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
    }
done:
    return worst;
}

/* The same below the whole tree when `node` is NULL. */
static LY_ERR
for_each_below(struct lyw_pass *pass, struct lyd_node *node, struct lyd_node *first, const struct lysc_node *schema,
        LY_ERR (*visit)(struct lyw_pass *pass, struct lyd_node *instance))
{
    const struct lysc_node *top = schema;
    LY_ERR rc, worst = LY_SUCCESS;

    if (node) {
        return for_each_instance(pass, node, schema, visit);
    }
    while (lysc_data_parent(top)) {
        top = lysc_data_parent(top);
    }
    LY_LIST_FOR(first, node) {
        if (node->schema == top) {
            rc = for_each_instance(pass, node, schema, visit);
            LY_VAL_ERR_GOTO(rc, worst = rc, pass->options, done);
        }
    }
done:
    return worst;
}

#include "pass-completion.h"
#include "pass-evaluation.h"
#include "pass-rules.h"

/* As lyd_validate_duplicates(), for nodes that were parsed and not validated. */
LY_ERR
lyw_check_twins(const struct lyd_node *node)
{
    return lyd_validate_duplicates(lyd_first_sibling(node), node, 0);
}
