/* Metadata of data nodes (RFC 7952) and attributes of opaque nodes. */
#include <stdint.h>
#include <string.h>

#include "libyang.h"
#include "shim.h"

const struct lyd_meta *lyw_meta_first(const struct lyd_node *node) { return node->schema ? node->meta : NULL; }
const struct lyd_meta *lyw_meta_next(const struct lyd_meta *meta) { return meta->next; }
const char *lyw_meta_name(const struct lyd_meta *meta) { return meta->name; }
const char *lyw_meta_module(const struct lyd_meta *meta) { return meta->annotation->module->name; }
const char *lyw_meta_value(const struct lyd_meta *meta) { return lyd_get_meta_value(meta); }

/* libyang keeps its own records (the sorted order of lists) as metadata too: those are not for users to touch. */
uint32_t
lyw_meta_is_internal(const struct lyd_meta *meta)
{
    return !strcmp(meta->name, "lyds_tree") && !strcmp(meta->annotation->module->name, "yang");
}

void
lyw_meta_remove(struct lyd_node *node, const char *module, const char *name)
{
    struct lyd_meta *meta, *next;

    for (meta = node->schema ? node->meta : NULL; meta; meta = next) {
        next = meta->next;
        if (!lyw_meta_is_internal(meta) && !strcmp(meta->name, name) && !strcmp(lyw_meta_module(meta), module)) {
            lyd_free_meta_single(meta);
        }
    }
}

/* Removes all metadata in a whole subtree. */
void
lyw_meta_strip(struct lyd_node *root)
{
    struct lyd_node *child;
    struct lyd_meta *meta, *next;

    for (meta = root->schema ? root->meta : NULL; meta; meta = next) {
        next = meta->next;
        if (!lyw_meta_is_internal(meta)) {
            lyd_free_meta_single(meta);
        }
    }
    for (child = lyd_child(root); child; child = child->next) {
        lyw_meta_strip(child);
    }
    for (child = lyw_any_tree(root); child; child = child->next) {
        lyw_meta_strip(child);
    }
}

LY_ERR
lyw_meta_add(struct lyd_node *node, const struct lys_module *module, const char *name, const char *value)
{
    return lyd_new_meta(NULL, node, module, name, value, 0, NULL);
}

const struct lyd_attr *
lyw_attr_first(const struct lyd_node *node)
{
    return node->schema ? NULL : ((const struct lyd_node_opaq *)node)->attr;
}
const struct lyd_attr *lyw_attr_next(const struct lyd_attr *attr) { return attr->next; }
const char *lyw_attr_name(const struct lyd_attr *attr) { return attr->name.name; }
const char *lyw_attr_value(const struct lyd_attr *attr) { return attr->value; }
const char *
lyw_attr_namespace(const struct lyd_attr *attr)
{
    return attr->format == LY_VALUE_XML ? attr->name.module_ns : NULL;
}
