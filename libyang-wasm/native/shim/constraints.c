/* What must hold for a schema node: must, when, unique, and the XPath expressions in them. */
#include <stdint.h>

#include "libyang.h"

/* NULL when there are no more. */
const struct lysc_must *
lyw_must(const struct lysc_node *node, uint32_t index)
{
    const struct lysc_must *musts = lysc_node_musts(node);

    return index < LY_ARRAY_COUNT(musts) ? &musts[index] : NULL;
}
const struct lyxp_expr *lyw_must_condition(const struct lysc_must *must) { return must->cond; }
const struct lysc_prefix *lyw_must_prefixes(const struct lysc_must *must) { return must->prefixes; }
const char *lyw_must_error_message(const struct lysc_must *must) { return must->emsg; }
const char *lyw_must_app_tag(const struct lysc_must *must) { return must->eapptag; }

/* Those on the node itself, its own and what libyang took over from a uses or an augment. NULL when there are no more. */
const struct lysc_when *
lyw_when(const struct lysc_node *node, uint32_t index)
{
    struct lysc_when **whens = lysc_node_when(node);

    return index < LY_ARRAY_COUNT(whens) ? whens[index] : NULL;
}
const struct lyxp_expr *lyw_when_condition(const struct lysc_when *when) { return when->cond; }
const struct lysc_prefix *lyw_when_prefixes(const struct lysc_when *when) { return when->prefixes; }
const struct lysc_node *lyw_when_context(const struct lysc_when *when) { return when->context; }

/* The module a prefix stands for, NULL when there are no more. */
const struct lys_module *
lyw_prefix_module(const struct lysc_prefix *prefixes, uint32_t index)
{
    return index < LY_ARRAY_COUNT(prefixes) ? prefixes[index].mod : NULL;
}
/* NULL: the entry stands for names without a prefix. */
const char *lyw_prefix_name(const struct lysc_prefix *prefixes, uint32_t index) { return prefixes[index].prefix; }

/* Leaf number `index` of a list's `unique` number `unique`, NULL when there are no more. */
const struct lysc_node *
lyw_schema_unique(const struct lysc_node *node, uint32_t unique, uint32_t index)
{
    struct lysc_node_leaf ***uniques;

    if (node->nodetype != LYS_LIST) {
        return NULL;
    }
    uniques = ((const struct lysc_node_list *)node)->uniques;
    if ((unique >= LY_ARRAY_COUNT(uniques)) || (index >= LY_ARRAY_COUNT(uniques[unique]))) {
        return NULL;
    }
    return (const struct lysc_node *)uniques[unique][index];
}

/* Extension instance number `index` of a node, those it inherits included. NULL when there are no more. */
const struct lysc_ext_instance *
lyw_schema_extension(const struct lysc_node *node, uint32_t index)
{
    return index < LY_ARRAY_COUNT(node->exts) ? &node->exts[index] : NULL;
}
const char *lyw_extension_name(const struct lysc_ext_instance *extension) { return extension->def->name; }
const char *lyw_extension_argument(const struct lysc_ext_instance *extension) { return extension->argument; }
const struct lys_module *lyw_extension_module(const struct lysc_ext_instance *extension) { return extension->def->module; }
