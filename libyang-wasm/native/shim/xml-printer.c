/*
 * Compiled instead of libyang's printer_xml.c, which it includes as scripts/source-edits.mjs leaves it: printing piece
 * by piece needs that file's static functions, and sharing its translation unit needs no further change to it.
 */
#include "edited/src/printer_xml.c"
#include "xml-printer.h"

#define FIRST_BYTES 4096u

struct xml_printer {
    struct xmlpr_ctx libyang;
    char *bytes;
    uint32_t used;
    uint32_t capacity;
    int has_failed;
};

/* libyang's own output in memory forgets what was printed so far when there is no memory left, and goes on. */
static ssize_t
append(void *user_data, const void *bytes, size_t length)
{
    struct xml_printer *printer = user_data;
    uint64_t needed = (uint64_t)printer->used + length, capacity = printer->capacity ? printer->capacity : FIRST_BYTES;
    char *larger;

    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity > printer->capacity) {
        larger = capacity <= UINT32_MAX ? realloc(printer->bytes, capacity) : NULL;
        if (!larger) {
            printer->has_failed = 1;
            return (ssize_t)length;
        }
        printer->bytes = larger;
        printer->capacity = (uint32_t)capacity;
    }
    memcpy(printer->bytes + printer->used, bytes, length);
    printer->used = (uint32_t)needed;
    return (ssize_t)length;
}

struct xml_printer *
lyw_xml_printer_new(const struct ly_ctx *context, uint32_t options)
{
    struct xml_printer *printer = calloc(1, sizeof *printer);

    if (!printer) {
        return NULL;
    }
    if (ly_out_new_clb(append, printer, &printer->libyang.out)) {
        free(printer);
        return NULL;
    }
    printer->libyang.ctx = context;
    printer->libyang.options = options;
    return printer;
}

void
lyw_xml_printer_free(struct xml_printer *printer)
{
    lyw_xml_printer_forget(printer, 0);
    ly_set_erase(&printer->libyang.prefix, NULL);
    ly_set_erase(&printer->libyang.ns, NULL);
    ly_out_free(printer->libyang.out, NULL, 0);
    free(printer->bytes);
    free(printer);
}

void
lyw_xml_print_open(struct xml_printer *printer, const struct lyd_node *node)
{
    xml_print_node_open(&printer->libyang, node);
}

LY_ERR
lyw_xml_print_node(struct xml_printer *printer, const struct lyd_node *node)
{
    return xml_print_node(&printer->libyang, node);
}

void
lyw_xml_print_text(struct xml_printer *printer, const char *format, const char *text)
{
    ly_print_(printer->libyang.out, format, text);
}

uint32_t
lyw_xml_printer_namespaces(const struct xml_printer *printer)
{
    return printer->libyang.ns.count;
}

void
lyw_xml_printer_forget(struct xml_printer *printer, uint32_t namespaces)
{
    struct xmlpr_ctx *libyang = &printer->libyang;

    while (libyang->ns.count > namespaces) {
        lydict_remove(libyang->ctx, libyang->prefix.objs[libyang->prefix.count - 1]);
        ly_set_rm_index(&libyang->prefix, libyang->prefix.count - 1, NULL);
        ly_set_rm_index(&libyang->ns, libyang->ns.count - 1, NULL);
    }
}

uint32_t
lyw_xml_printer_size(const struct xml_printer *printer)
{
    return printer->used;
}

const char *
lyw_xml_printer_take(struct xml_printer *printer)
{
    printer->used = 0;
    return printer->bytes;
}

int
lyw_xml_printer_has_failed(const struct xml_printer *printer)
{
    return printer->has_failed;
}
