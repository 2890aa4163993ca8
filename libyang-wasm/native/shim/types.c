/* Compiled types of leafs and leaf-lists. Functions that do not apply to a type say "none". */
#include <stdint.h>

#include "libyang.h"
#include "path.h"

/* NULL for nodes other than leafs and leaf-lists. */
const struct lysc_type *
lyw_schema_leaf_type(const struct lysc_node *node)
{
    switch (node->nodetype) {
    case LYS_LEAF:
        return ((const struct lysc_node_leaf *)node)->type;
    case LYS_LEAFLIST:
        return ((const struct lysc_node_leaflist *)node)->type;
    default:
        return NULL;
    }
}

/* An LY_DATA_TYPE. */
uint32_t lyw_type_base(const struct lysc_type *type) { return type->basetype; }
const char *lyw_type_typedef(const struct lysc_type *type) { return type->name; }

/* The range of a number, or the length of a string or binary. NULL: not restricted. */
const struct lysc_range *
lyw_type_range(const struct lysc_type *type)
{
    switch (type->basetype) {
    case LY_TYPE_INT8:
    case LY_TYPE_INT16:
    case LY_TYPE_INT32:
    case LY_TYPE_INT64:
    case LY_TYPE_UINT8:
    case LY_TYPE_UINT16:
    case LY_TYPE_UINT32:
    case LY_TYPE_UINT64:
        return ((const struct lysc_type_num *)type)->range;
    case LY_TYPE_DEC64:
        return ((const struct lysc_type_dec *)type)->range;
    case LY_TYPE_STRING:
        return ((const struct lysc_type_str *)type)->length;
    case LY_TYPE_BINARY:
        return ((const struct lysc_type_bin *)type)->length;
    default:
        return NULL;
    }
}

/* Writes both bounds of part number `index`, each as low and high word. 0 when there is no such part. */
uint32_t
lyw_range_part(const struct lysc_range *range, uint32_t index, uint32_t bounds[4])
{
    if (index >= LY_ARRAY_COUNT(range->parts)) {
        return 0;
    }
    bounds[0] = (uint32_t)range->parts[index].min_u64;
    bounds[1] = (uint32_t)(range->parts[index].min_u64 >> 32);
    bounds[2] = (uint32_t)range->parts[index].max_u64;
    bounds[3] = (uint32_t)(range->parts[index].max_u64 >> 32);
    return 1;
}
const char *lyw_range_error_message(const struct lysc_range *range) { return range->emsg; }
const char *lyw_range_app_tag(const struct lysc_range *range) { return range->eapptag; }

const struct lysc_pattern *
lyw_type_pattern(const struct lysc_type *type, uint32_t index)
{
    struct lysc_pattern **patterns;

    if (type->basetype != LY_TYPE_STRING) {
        return NULL;
    }
    patterns = ((const struct lysc_type_str *)type)->patterns;
    return index < LY_ARRAY_COUNT(patterns) ? patterns[index] : NULL;
}
const char *lyw_pattern_expression(const struct lysc_pattern *pattern) { return pattern->expr; }
uint32_t lyw_pattern_is_inverted(const struct lysc_pattern *pattern) { return pattern->inverted; }
const char *lyw_pattern_error_message(const struct lysc_pattern *pattern) { return pattern->emsg; }
const char *lyw_pattern_app_tag(const struct lysc_pattern *pattern) { return pattern->eapptag; }

uint32_t
lyw_type_fraction_digits(const struct lysc_type *type)
{
    return type->basetype == LY_TYPE_DEC64 ? ((const struct lysc_type_dec *)type)->fraction_digits : 0;
}

/* An enum of an enumeration or a bit of bits. NULL when there are no more. */
const struct lysc_type_bitenum_item *
lyw_type_item(const struct lysc_type *type, uint32_t index)
{
    struct lysc_type_bitenum_item *items;

    switch (type->basetype) {
    case LY_TYPE_ENUM:
        items = ((const struct lysc_type_enum *)type)->enums;
        break;
    case LY_TYPE_BITS:
        items = ((const struct lysc_type_bits *)type)->bits;
        break;
    default:
        return NULL;
    }
    return index < LY_ARRAY_COUNT(items) ? &items[index] : NULL;
}
const char *lyw_item_name(const struct lysc_type_bitenum_item *item) { return item->name; }
const char *lyw_item_description(const struct lysc_type_bitenum_item *item) { return item->dsc; }
/* A bit's position, or an enum's value, which may be negative. */
uint32_t lyw_item_number(const struct lysc_type_bitenum_item *item) { return item->position; }
uint32_t lyw_item_flags(const struct lysc_type_bitenum_item *item) { return item->flags; }

/* Base number `index` of an identityref. */
const struct lysc_ident *
lyw_type_identity(const struct lysc_type *type, uint32_t index)
{
    struct lysc_ident **bases;

    if (type->basetype != LY_TYPE_IDENT) {
        return NULL;
    }
    bases = ((const struct lysc_type_identityref *)type)->bases;
    return index < LY_ARRAY_COUNT(bases) ? bases[index] : NULL;
}
const char *lyw_identity_name(const struct lysc_ident *identity) { return identity->name; }
const struct lys_module *lyw_identity_module(const struct lysc_ident *identity) { return identity->module; }
const struct lysc_ident *
lyw_identity_derived(const struct lysc_ident *identity, uint32_t index)
{
    return index < LY_ARRAY_COUNT(identity->derived) ? identity->derived[index] : NULL;
}

/* Of leafrefs and instance-identifiers. */
uint32_t
lyw_type_require_instance(const struct lysc_type *type)
{
    switch (type->basetype) {
    case LY_TYPE_LEAFREF:
        return ((const struct lysc_type_leafref *)type)->require_instance;
    case LY_TYPE_INST:
        return ((const struct lysc_type_instanceid *)type)->require_instance;
    default:
        return 0;
    }
}

/* The following four: of leafrefs only. */
const struct lyxp_expr *
lyw_leafref_path(const struct lysc_type *type)
{
    return ((const struct lysc_type_leafref *)type)->path;
}
const struct lysc_prefix *
lyw_leafref_prefixes(const struct lysc_type *type)
{
    return ((const struct lysc_type_leafref *)type)->prefixes;
}
/* The type of the leaf at the end of the chain of leafrefs. */
const struct lysc_type *
lyw_leafref_real_type(const struct lysc_type *type)
{
    return ((const struct lysc_type_leafref *)type)->realtype;
}
/* What a leafref in the type of `node`, which may be one alternative of a union, refers to. NULL: not found. */
const struct lysc_node *
lyw_leafref_target(const struct lysc_node *node, const struct lysc_type *type)
{
    const struct lysc_type_leafref *leafref = (const struct lysc_type_leafref *)type;
    uint16_t direction = node->flags & LYS_IS_OUTPUT ? LY_PATH_OPER_OUTPUT : LY_PATH_OPER_INPUT;
    const struct lysc_node *target;
    struct ly_path *path = NULL;

    if (ly_path_compile_leafref(node->module->ctx, node, NULL, leafref->path, direction, LY_PATH_TARGET_MANY,
            LY_VALUE_SCHEMA_RESOLVED, leafref->prefixes, &path)) {
        return NULL;
    }
    target = path[LY_ARRAY_COUNT(path) - 1].node;
    ly_path_free(path);
    return target;
}

/* Alternative number `index` of a union; libyang has put those of unions within it in their place. */
const struct lysc_type *
lyw_type_member(const struct lysc_type *type, uint32_t index)
{
    struct lysc_type **members;

    if (type->basetype != LY_TYPE_UNION) {
        return NULL;
    }
    members = ((const struct lysc_type_union *)type)->types;
    return index < LY_ARRAY_COUNT(members) ? members[index] : NULL;
}
