/*
 * Compiled instead of libyang's validation.c, which it includes: validating one subtree needs that file's static
 * functions, and sharing its translation unit needs no change to it.
 */
#include "validation.c"
#include "shim.h"

/* Everything one pass of validation collects for its second half. */
struct pass {
    struct ly_set when;
    struct ly_set types;
    struct ly_set metadata_types;
    struct ly_set extension_nodes;
    struct ly_set extension_values;
    struct ly_ht *schema_children;
};

/* The first half: types, when, defaults, and whatever refers to other places. */
static LY_ERR
validate_inside(struct lyd_node *node, struct lyd_node **tree, uint32_t options, struct pass *pass,
        struct lyd_node **changes)
{
    LY_ERR rc, worst = LY_SUCCESS;

    rc = lyd_validate_subtree(node, &pass->when, &pass->types, &pass->metadata_types, &pass->extension_nodes,
            &pass->extension_values, options, 0, pass->schema_children, changes);
    LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
    rc = lyd_validate_unres(tree, lyd_owner_module(node), LYD_TYPE_DATA_YANG, &pass->when, 0, &pass->types,
            &pass->metadata_types, &pass->extension_nodes, &pass->extension_values, options, changes);
    LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
done:
    return worst;
}

static LY_ERR
validate_musts_upwards(const struct lyd_node *node, uint32_t options)
{
    LY_ERR rc, worst = LY_SUCCESS;

    for (; node; node = lyd_parent(node)) {
        rc = lyd_validate_must(node, options, 0, 0);
        LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
    }
done:
    return worst;
}

/*
 * Validates one new or changed subtree in place, in time proportional to it: duplicate keys among its siblings, types,
 * defaults, when, must (its own and its ancestors'), and mandatory, min-elements, max-elements and unique inside it.
 * NOT checked: unique, min-elements and max-elements of the list it is an entry of, and when, must and leafref elsewhere
 * that refer to it, and a second case of a choice beside it. `first` is the tree's first top-level node.
 *
 * A node whose `when` was true and now is not gets removed, and that may be the subtree's own root. Its handle tells.
 */
LY_ERR
lyw_validate_subtree(struct lyd_node *node, struct lyd_node **first, uint32_t options, struct lyd_node **changes)
{
    LY_ERR rc, worst = LY_SUCCESS;
    struct pass pass = {0};
    struct lyd_node *parent = lyd_parent(node), *siblings = parent ? lyd_child(parent) : *first;
    uint32_t slot = lyw_handle(node), generation;

    LY_CHECK_RET(!slot, LY_EMEM);
    generation = lyw_handle_generation(slot);
    rc = lyd_val_getnext_ht_new(&pass.schema_children);
    LY_CHECK_ERR_GOTO(rc, worst = rc, done);
    if (node->flags & LYD_NEW) {
        rc = lyd_validate_duplicates(siblings, node, options);
        LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
        node->flags &= ~LYD_NEW;
    }
    rc = validate_inside(node, first, options, &pass, changes);
    LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
    if (lyw_handle_generation(slot) != generation) {
        rc = validate_musts_upwards(parent, options);
        LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
        goto done;
    }
    rc = lyd_validate_final_r(lyd_child(node), node, node->schema, NULL, NULL, options, 0, 0, pass.schema_children);
    LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
    rc = validate_musts_upwards(node, options);
    LY_VAL_ERR_GOTO(rc, worst = rc, options, done);
    lyd_np_cont_dflt_set(node);

done:
    ly_set_erase(&pass.when, NULL);
    ly_set_erase(&pass.types, NULL);
    ly_set_erase(&pass.metadata_types, NULL);
    ly_set_erase(&pass.extension_nodes, free);
    ly_set_erase(&pass.extension_values, free);
    lyd_val_getnext_ht_free(pass.schema_children);
    return worst;
}
