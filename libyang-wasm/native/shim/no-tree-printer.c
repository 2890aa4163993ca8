/*
 * Instead of libyang's printer_tree.c: tree diagrams (RFC 8340) are for people at a terminal. Nothing here asks for one,
 * and their printer would take 34 KB of the module.
 */
#include <stdint.h>

#include "libyang.h"
#include "printer_internal.h"

LY_ERR
tree_print_module(struct ly_out *out, const struct lys_module *module, uint32_t options, size_t line_length)
{
    (void)out;
    (void)module;
    (void)options;
    (void)line_length;
    return LY_EINVAL;
}

LY_ERR
tree_print_parsed_submodule(struct ly_out *out, const struct lysp_submodule *submodule, uint32_t options,
        size_t line_length)
{
    (void)out;
    (void)submodule;
    (void)options;
    (void)line_length;
    return LY_EINVAL;
}

LY_ERR
tree_print_compiled_node(struct ly_out *out, const struct lysc_node *node, uint32_t options, size_t line_length)
{
    (void)out;
    (void)node;
    (void)options;
    (void)line_length;
    return LY_EINVAL;
}
