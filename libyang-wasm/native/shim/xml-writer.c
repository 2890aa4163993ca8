/*
 * XML in pieces: elements are opened and closed one by one, and nodes are written with all below them, by a walk that
 * can pause between any two nodes. What was printed waits until JavaScript takes it.
 *
 * Between two calls any node may be freed. What a later call looks at is held by its handle, and checked before it is
 * touched. A node that loses its place in the tree loses its handle: one that is held still has the parents it had.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libyang.h"
#include "ly_common.h"
#include "shim.h"
#include "tree_data_internal.h"
#include "xml-printer.h"

struct held {
    const struct lyd_node *node;
    uint32_t slot;
    uint32_t generation;
};

enum element_state {
    UNDECIDED, /* nothing is printed: it may have no content */
    STARTED,   /* the start tag, but for its ">" */
    FILLED     /* content */
};

struct element {
    struct held held;
    enum element_state state;
    uint32_t namespaces; /* declared around it, once it is started */
    int is_walked;       /* entered by the walk, which comes to a list's keys by itself */
};

/*
 * The siblings a walk is among, and the siblings in the state that go with them. The walk prints both as if the state
 * had been merged: nodes that no configuration can have go where a merge would put them.
 */
struct level {
    struct held next;       /* no node at the end */
    struct held state;      /* one of the state's siblings, if there are any */
    struct held state_next; /* the next of them to be printed */
    const struct lyd_node *anchor; /* the sibling `state_next` goes before; never followed */
    int is_single;
};

struct stack {
    char *items;
    uint32_t count;
    uint32_t capacity;
};

struct xml_writer {
    struct xml_printer *printer;
    uint32_t options;
    struct stack elements;
    struct stack levels;
    LY_ERR failure; /* the output lacks something: no more is added */
};

static struct element *element_at(const struct xml_writer *at, uint32_t index) { return (struct element *)at->elements.items + index; }
static struct level *level_at(const struct xml_writer *at, uint32_t index) { return (struct level *)at->levels.items + index; }

static LY_ERR
push(struct stack *stack, const void *item, uint32_t size)
{
    uint32_t capacity = stack->capacity ? stack->capacity * 2 : 8;
    char *items;

    if (stack->count == stack->capacity) {
        items = realloc(stack->items, (size_t)capacity * size);
        LY_CHECK_RET(!items, LY_EMEM);
        stack->items = items;
        stack->capacity = capacity;
    }
    memcpy(stack->items + (size_t)stack->count * size, item, size);
    stack->count += 1;
    return LY_SUCCESS;
}

static LY_ERR
hold(struct held *held)
{
    if (held->node) {
        held->slot = lyw_handle((struct lyd_node *)held->node);
        LY_CHECK_RET(!held->slot, LY_EMEM);
        held->generation = lyw_handle_generation(held->slot);
    }
    return LY_SUCCESS;
}

static int
is_gone(const struct held *held)
{
    return held->node && (lyw_handle_generation(held->slot) != held->generation);
}

static int
is_inner(const struct lyd_node *node)
{
    return node->schema && (node->schema->nodetype & (LYS_CONTAINER | LYS_LIST));
}

static void
fill(struct xml_writer *writer, struct element *element)
{
    if (element->state == STARTED) {
        lyw_xml_print_text(writer->printer, ">", NULL);
        element->state = FILLED;
    }
}

static LY_ERR
start(struct xml_writer *writer, struct element *element)
{
    const struct lyd_node *node = element->held.node, *key;

    element->namespaces = lyw_xml_printer_namespaces(writer->printer);
    lyw_xml_print_open(writer->printer, node);
    element->state = STARTED;
    if (element->is_walked || (node->schema->nodetype != LYS_LIST)) {
        return LY_SUCCESS;
    }
    for (key = lyd_child(node); key && lysc_is_key(key->schema); key = key->next) {
        fill(writer, element);
        LY_CHECK_RET(lyw_xml_print_node(writer->printer, key));
    }
    return LY_SUCCESS;
}

/* Prints the start tags of the `count` outermost open elements. */
static LY_ERR
start_outermost(struct xml_writer *writer, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (element_at(writer, i)->state == UNDECIDED) {
            if (i) {
                fill(writer, element_at(writer, i - 1));
            }
            LY_CHECK_RET(start(writer, element_at(writer, i)));
        }
    }
    return LY_SUCCESS;
}

static void
close_innermost(struct xml_writer *writer)
{
    struct element *element = element_at(writer, --writer->elements.count);

    if (element->state == UNDECIDED) {
        return;
    }
    if (element->state == STARTED) {
        lyw_xml_print_text(writer->printer, "/>", NULL);
    } else {
        lyw_xml_print_text(writer->printer, "</%s>", LYD_NAME(element->held.node));
    }
    lyw_xml_printer_forget(writer->printer, element->namespaces);
}

/* Prints a node that the walk does not enter. */
static LY_ERR
print_node(struct xml_writer *writer, const struct lyd_node *node)
{
    uint32_t count = writer->elements.count;
    struct element *innermost = count ? element_at(writer, count - 1) : NULL;

    if (innermost && !innermost->is_walked && lysc_is_key(node->schema) && (lyd_parent(node) == innermost->held.node)) {
        /* It comes with the start tag. */
        return start_outermost(writer, count);
    }
    if (!lyd_node_should_print(node, writer->options)) {
        return LY_SUCCESS;
    }
    LY_CHECK_RET(start_outermost(writer, count));
    if (innermost) {
        fill(writer, innermost);
    }
    return lyw_xml_print_node(writer->printer, node);
}

/* Sets what the state alone has, from `node` on. */
static void
set_state_next(struct level *level, const struct lyd_node *node)
{
    const struct lyd_node *next = level->next.node;

    while (node && (!node->schema || !(node->schema->flags & LYS_CONFIG_R))) {
        node = node->next;
    }
    level->state_next.node = node;
    level->anchor = node && next ? lyd_insert_get_next_anchor(lyd_first_sibling(next), node) : NULL;
}

static int
is_at_state(const struct level *level)
{
    return level->state_next.node && (!level->next.node || (level->next.node == level->anchor));
}

static void
advance(struct level *level)
{
    if (is_at_state(level)) {
        set_state_next(level, level->state_next.node->next);
    } else {
        level->next.node = level->is_single ? NULL : level->next.node->next;
    }
}

/* The same instance in the state, if the node is of configuration. */
static const struct lyd_node *
find_state(const struct level *level, const struct lyd_node *node)
{
    return node->schema->flags & LYS_CONFIG_W ? lyw_find_equal(level->state.node, node) : NULL;
}

static LY_ERR
enter(struct xml_writer *writer, const struct lyd_node *node, const struct lyd_node *state)
{
    struct element element = {.held.node = node, .is_walked = 1};
    struct level level = {.next.node = lyd_child(node), .state.node = state ? lyd_child(state) : NULL};

    set_state_next(&level, level.state.node);
    LY_CHECK_RET(push(&writer->elements, &element, sizeof element));
    LY_CHECK_RET(push(&writer->levels, &level, sizeof level));
    /* What is printed only for the state in it has to wait for that. */
    return lyd_node_should_print(node, writer->options) ? start_outermost(writer, writer->elements.count) : LY_SUCCESS;
}

static LY_ERR
step(struct xml_writer *writer)
{
    struct level *level = level_at(writer, writer->levels.count - 1);
    int at_state = is_at_state(level);
    const struct lyd_node *node = at_state ? level->state_next.node : level->next.node, *state;

    if (!node) {
        if (--writer->levels.count) {
            close_innermost(writer);
            advance(level - 1);
        }
        return LY_SUCCESS;
    }
    if (is_inner(node)) {
        state = at_state ? NULL : find_state(level, node);
        if (state || lyd_node_should_print(node, writer->options)) {
            return enter(writer, node, state);
        }
    } else {
        LY_CHECK_RET(print_node(writer, node));
    }
    advance(level);
    return LY_SUCCESS;
}

static LY_ERR
walk(struct xml_writer *writer, uint32_t max_bytes)
{
    while (writer->levels.count && (lyw_xml_printer_size(writer->printer) < max_bytes)) {
        LY_CHECK_RET(step(writer));
    }
    for (uint32_t i = 0; i < writer->levels.count; i++) {
        LY_CHECK_RET(hold(&level_at(writer, i)->next));
        LY_CHECK_RET(hold(&level_at(writer, i)->state));
        LY_CHECK_RET(hold(&level_at(writer, i)->state_next));
    }
    return LY_SUCCESS;
}

/* Every call that prints begins here: what was held must be there still. */
static LY_ERR
begin_call(const struct xml_writer *writer)
{
    LY_CHECK_RET(writer->failure);
    for (uint32_t i = 0; i < writer->elements.count; i++) {
        if (!element_at(writer, i)->is_walked && is_gone(&element_at(writer, i)->held)) {
            return LYW_STALE;
        }
    }
    for (uint32_t i = 0; i < writer->levels.count; i++) {
        const struct level *level = level_at(writer, i);

        if (is_gone(&level->next) || is_gone(&level->state) || is_gone(&level->state_next)) {
            return LYW_STALE;
        }
    }
    return LY_SUCCESS;
}

/* ... and ends here: the printer itself does not see that output was lost. */
static LY_ERR
end_call(struct xml_writer *writer, LY_ERR rc)
{
    if (lyw_xml_printer_has_failed(writer->printer)) {
        rc = LY_EMEM;
    }
    return writer->failure = rc;
}

struct xml_writer *
lyw_xml_writer_new(const struct ly_ctx *context, uint32_t options)
{
    struct xml_writer *writer = calloc(1, sizeof *writer);

    if (!writer) {
        return NULL;
    }
    writer->options = options;
    writer->printer = lyw_xml_printer_new(context, options);
    if (!writer->printer) {
        free(writer);
        return NULL;
    }
    return writer;
}

void
lyw_xml_writer_free(struct xml_writer *writer)
{
    lyw_xml_printer_free(writer->printer);
    free(writer->elements.items);
    free(writer->levels.items);
    free(writer);
}

/* Opens a container or list entry. It leaves no trace unless something is written in it, or it is begun. */
LY_ERR
lyw_xml_writer_open(struct xml_writer *writer, const struct lyd_node *node)
{
    struct element element = {.held.node = node};

    LY_CHECK_RET(begin_call(writer));
    LY_CHECK_RET(hold(&element.held));
    return end_call(writer, push(&writer->elements, &element, sizeof element));
}

/* Lets the open elements appear also without content, but for containers that mean nothing then. */
LY_ERR
lyw_xml_writer_begin(struct xml_writer *writer)
{
    uint32_t count = writer->elements.count;

    LY_CHECK_RET(begin_call(writer));
    while (count && lysc_is_np_cont(element_at(writer, count - 1)->held.node->schema)) {
        --count;
    }
    return end_call(writer, start_outermost(writer, count));
}

LY_ERR
lyw_xml_writer_close(struct xml_writer *writer)
{
    LY_CHECK_RET(begin_call(writer));
    close_innermost(writer);
    return end_call(writer, LY_SUCCESS);
}

/* Writes a node, and with `siblings` those after it. `state`: one of the siblings in the state, or NULL. */
LY_ERR
lyw_xml_writer_write(struct xml_writer *writer, const struct lyd_node *node, const struct lyd_node *state,
        uint32_t siblings, uint32_t max_bytes)
{
    struct level level = {.next.node = node, .state.node = state, .is_single = !siblings};
    LY_ERR rc;

    LY_CHECK_RET(begin_call(writer));
    if (siblings && state) {
        set_state_next(&level, lyd_first_sibling(state));
    }
    rc = push(&writer->levels, &level, sizeof level);
    return end_call(writer, rc ? rc : walk(writer, max_bytes));
}

/* The node as lyw_xml_writer_write() shows it, with the attributes that an edit has. They are on it for that time only. */
static LY_ERR
write_with_attributes(struct xml_writer *writer, struct lyd_node *node, const char *operation, uint32_t is_last)
{
    const struct ly_ctx *context = LYD_CTX(node);
    struct lyd_meta *attributes[2] = {NULL, NULL};
    uint32_t default_flag = node->flags & LYD_DEFAULT;
    LY_ERR rc;

    rc = lyd_new_meta(context, node, ly_ctx_get_module_implemented(context, "ietf-netconf"), "operation", operation, 0,
            &attributes[0]);
    if (!rc && is_last) {
        rc = lyd_new_meta(context, node, ly_ctx_get_module_implemented(context, "yang"), "insert", "last", 0,
                &attributes[1]);
    }
    /* What an edit names is printed. */
    node->flags &= ~LYD_DEFAULT;
    rc = rc ? rc : print_node(writer, node);
    node->flags |= default_flag;
    for (uint32_t i = 0; i < 2; i++) {
        lyd_free_meta_single(attributes[i]);
    }
    return rc;
}

/* Writes a node as part of a NETCONF <config>: with an `operation` attribute, and `insert`, if it is to be the last. */
LY_ERR
lyw_xml_writer_write_edit(struct xml_writer *writer, struct lyd_node *node, const char *operation, uint32_t is_last)
{
    LY_CHECK_RET(begin_call(writer));
    return end_call(writer, write_with_attributes(writer, node, operation, is_last));
}

LY_ERR
lyw_xml_writer_resume(struct xml_writer *writer, uint32_t max_bytes)
{
    LY_CHECK_RET(begin_call(writer));
    return end_call(writer, walk(writer, max_bytes));
}

uint32_t lyw_xml_writer_is_paused(const struct xml_writer *writer) { return writer->levels.count > 0; }
uint32_t lyw_xml_writer_depth(const struct xml_writer *writer) { return writer->elements.count; }
uint32_t lyw_xml_writer_size(const struct xml_writer *writer) { return lyw_xml_printer_size(writer->printer); }
const char *lyw_xml_writer_take(struct xml_writer *writer) { return lyw_xml_printer_take(writer->printer); }
