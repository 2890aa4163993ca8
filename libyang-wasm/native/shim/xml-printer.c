/*
 * Compiled instead of libyang's printer_xml.c, which it includes as scripts/source-edits.mjs leaves it: printing piece
 * by piece needs that file's static functions, and sharing its translation unit needs no further change to it.
 */
#include "edited/src/printer_xml.c"
#include "output.h"
#include "xml-printer.h"

struct xml_printer {
    struct xmlpr_ctx libyang;
    struct output output;
};

struct xml_printer *
lyw_xml_printer_new(const struct ly_ctx *context, uint32_t options)
{
    struct xml_printer *printer = calloc(1, sizeof *printer);

    if (!printer) {
        return NULL;
    }
    if (ly_out_new_clb(output_append, &printer->output, &printer->libyang.out)) {
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
    free(printer->output.bytes);
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
    return printer->output.used;
}

const char *
lyw_xml_printer_take(struct xml_printer *printer)
{
    printer->output.used = 0;
    return printer->output.bytes;
}

int
lyw_xml_printer_has_failed(const struct xml_printer *printer)
{
    return printer->output.has_failed;
}
