/* Data nodes: parsing, printing, reading. Editing is in edit.c. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libyang.h"
#include "ly_common.h"
#include "output.h"
#include "shim.h"
#include "tree_data_internal.h"

LY_ERR
lyw_parse_data(const struct ly_ctx *context, const char *text, LYD_FORMAT format, uint32_t parse_options,
        struct lyd_node **tree)
{
    struct ly_in *in = NULL;
    LY_ERR rc = ly_in_new_memory(text, &in);

    *tree = NULL;
    rc = rc ? rc : lyw_parsing_begin(text);
    if (!rc) {
        rc = lyd_parse_data(context, NULL, in, format, parse_options, 0, tree);
    }
    ly_in_free(in, 0);
    return lyw_parsing_end(rc);
}

static int rejects_unknown;

/* Asked by the XML parser about what is in anydata and anyxml. */
int
lyw_parsing_rejects_unknown(void)
{
    return rejects_unknown;
}

/*
 * `reject_unknown`: what does not fit the model inside anydata and anyxml is an error, as it is anywhere else. The
 * envelope comes back, and is the caller's to free, even when parsing fails.
 */
LY_ERR
lyw_parse_operation(const struct ly_ctx *context, const char *text, enum lyd_type kind, int reject_unknown,
        struct lyd_node **envelope, struct lyd_node **operation)
{
    struct ly_in *in = NULL;
    LY_ERR rc = ly_in_new_memory(text, &in);

    *envelope = NULL;
    *operation = NULL;
    rc = rc ? rc : lyw_parsing_begin(text);
    if (!rc) {
        rejects_unknown = reject_unknown;
        rc = lyd_parse_op(context, NULL, in, LYD_XML, kind, envelope, operation);
        rejects_unknown = 0;
    }
    ly_in_free(in, 0);
    return lyw_parsing_end(rc);
}

/*
 * A NETCONF reply to `request`, an rpc or action node. *operation is a copy of the request's node without its input, with
 * the parents an action has; the output is in it. As above, the envelope may come back when parsing fails.
 */
LY_ERR
lyw_parse_reply(const struct lyd_node *request, const char *text, struct lyd_node **envelope,
        struct lyd_node **operation)
{
    struct ly_in *in = NULL;
    LY_ERR rc = ly_in_new_memory(text, &in);

    *envelope = NULL;
    *operation = NULL;
    rc = rc ? rc : lyw_parsing_begin(text);
    rc = rc ? rc : lyd_dup_single(request, NULL, LYD_DUP_WITH_PARENTS | LYD_DUP_NO_META, operation);
    rc = rc ? rc : lyd_parse_op(LYD_CTX(request), *operation, in, LYD_XML, LYD_TYPE_REPLY_NETCONF, envelope, NULL);
    if (rc) {
        lyd_free_all(*operation);
        *operation = NULL;
    }
    ly_in_free(in, 0);
    return lyw_parsing_end(rc);
}

/* LYB is written in an order of its own, which libyang's output in memory alone allows. */
static LY_ERR
print_lyb(const struct lyd_node *root, uint32_t options, char **bytes, uint32_t *length)
{
    LY_CHECK_RET(lyd_print_mem(bytes, root, LYD_LYB, options));
    *length = *bytes ? (uint32_t)lyd_lyb_data_length(*bytes) : 0;
    return LY_SUCCESS;
}

/*
 * Prints a node, or with LYD_PRINT_WITHSIBLINGS the tree that begins with it. *text is to be freed by the caller; NULL
 * when there was nothing to print.
 */
LY_ERR
lyw_print(const struct lyd_node *root, LYD_FORMAT format, uint32_t options, char **text, uint32_t *length)
{
    struct output output = {0};
    struct ly_out *out = NULL;
    LY_ERR rc;

    *text = NULL;
    *length = 0;
    if (format == LYD_LYB) {
        return print_lyb(root, options, text, length);
    }
    LY_CHECK_RET(ly_out_new_clb(output_append, &output, &out));
    if (options & LYD_PRINT_WITHSIBLINGS) {
        rc = lyd_print_all(out, root, format, options & ~LYD_PRINT_WITHSIBLINGS);
    } else {
        rc = lyd_print_tree(out, root, format, options);
    }
    ly_out_free(out, NULL, 0);
    rc = output.has_failed ? LY_EMEM : rc;
    if (rc) {
        free(output.bytes);
        return rc;
    }
    *text = output.bytes;
    *length = output.used;
    return LY_SUCCESS;
}

const struct lysc_node *lyw_node_schema(const struct lyd_node *node) { return node->schema; }
uint32_t lyw_node_flags(const struct lyd_node *node) { return node->flags; }
struct lyd_node *lyw_node_next(const struct lyd_node *node) { return node->next; }
struct lyd_node *lyw_node_parent(const struct lyd_node *node) { return lyd_parent(node); }
struct lyd_node *lyw_node_child(const struct lyd_node *node) { return lyd_child(node); }
const char *lyw_node_name(const struct lyd_node *node) { return LYD_NAME(node); }

/* The last of the entries of the list or leaf-list that begins with `first`; found by what comes after them. */
struct lyd_node *
lyw_node_last_instance(const struct lyd_node *first)
{
    const struct lyd_node *sibling = lyd_first_sibling(first), *after = lyd_insert_get_next_anchor(sibling, first);

    return after ? after->prev : sibling->prev;
}

/* The first sibling's `prev` is the last one, so `prev->next` tells whether there is a previous one. */
struct lyd_node *
lyw_node_previous(const struct lyd_node *node)
{
    return node->prev->next ? node->prev : NULL;
}

struct lyd_node *
lyw_node_root(struct lyd_node *node)
{
    while (node->parent) {
        node = lyd_parent(node);
    }
    return node;
}

/* An opaque node parsed from XML knows a namespace; one parsed from JSON a module name. */
const char *
lyw_opaque_namespace(const struct lyd_node *node)
{
    const struct lyd_node_opaq *opaque = (const struct lyd_node_opaq *)node;

    return opaque->format == LY_VALUE_XML ? opaque->name.module_ns : NULL;
}

const char *
lyw_opaque_module_name(const struct lyd_node *node)
{
    const struct lyd_node_opaq *opaque = (const struct lyd_node_opaq *)node;

    return opaque->format == LY_VALUE_XML ? NULL : opaque->name.module_name;
}

/* The canonical value of a leaf or leaf-list, an opaque node's text, or anydata's content when it is kept as text. */
const char *
lyw_node_value(const struct lyd_node *node)
{
    const struct lyd_node_any *any = (const struct lyd_node_any *)node;

    if (!node->schema || (node->schema->nodetype & LYD_NODE_TERM)) {
        return lyd_get_value(node);
    }
    if (node->schema->nodetype & LYD_NODE_ANY) {
        switch (any->value_type) {
        case LYD_ANYDATA_STRING:
        case LYD_ANYDATA_XML:
        case LYD_ANYDATA_JSON:
            return any->value.str;
        default:
            return NULL;
        }
    }
    return NULL;
}

struct lyd_node *
lyw_any_tree(const struct lyd_node *node)
{
    const struct lyd_node_any *any = (const struct lyd_node_any *)node;

    if (!node->schema || !(node->schema->nodetype & LYD_NODE_ANY) || (any->value_type != LYD_ANYDATA_DATATREE)) {
        return NULL;
    }
    return any->value.tree;
}

char *
lyw_node_path(const struct lyd_node *node)
{
    return lyd_path(node, LYD_PATH_STD, NULL, 0);
}

/* The node among `siblings` that equals `wanted`: same schema, same keys or value. NULL when there is none. */
struct lyd_node *
lyw_find_equal(const struct lyd_node *siblings, const struct lyd_node *wanted)
{
    struct lyd_node *match = NULL;

    if (!siblings) {
        return NULL;
    }
    if (wanted->schema && (wanted->schema->nodetype & (LYS_LIST | LYS_LEAFLIST))) {
        return lyd_find_sibling_first(siblings, wanted, &match) ? NULL : match;
    }
    if (wanted->schema) {
        /* There is one instance at most. lyd_find_sibling_first() would compare values too where the siblings are so
         * few that they have no hash table. */
        return lyd_find_sibling_val(siblings, wanted->schema, NULL, 0, &match) ? NULL : match;
    }
    for (match = lyd_first_sibling(siblings); match; match = match->next) {
        if (!match->schema && !lyd_compare_single(match, wanted, 0)) {
            return match;
        }
    }
    return NULL;
}

/* Whether there is an opaque node among these siblings, or below. */
uint32_t
lyw_has_opaque(const struct lyd_node *siblings)
{
    const struct lyd_node *node;

    for (node = siblings; node; node = node->next) {
        if (!node->schema || lyw_has_opaque(lyd_child(node))) {
            return 1;
        }
    }
    return 0;
}

uint32_t lyw_set_count(const struct ly_set *set) { return set->count; }
struct lyd_node *lyw_set_node(const struct ly_set *set, uint32_t index) { return set->dnodes[index]; }
void lyw_set_free(struct ly_set *set) { ly_set_free(set, NULL); }
