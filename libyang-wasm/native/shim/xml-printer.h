/* Printing of XML that can stop between any two nodes: what xml-writer.c is made of. */
#ifndef LYW_XML_PRINTER_H
#define LYW_XML_PRINTER_H

#include <stdint.h>

#include "libyang.h"

struct xml_printer;

/* NULL: out of memory. */
struct xml_printer *lyw_xml_printer_new(const struct ly_ctx *context, uint32_t options);
void lyw_xml_printer_free(struct xml_printer *printer);

/* The start tag of a data node, but for its ">". Namespaces it declares hold until they are forgotten. */
void lyw_xml_print_open(struct xml_printer *printer, const struct lyd_node *node);

/* A node with all below it. */
LY_ERR lyw_xml_print_node(struct xml_printer *printer, const struct lyd_node *node);

void lyw_xml_print_text(struct xml_printer *printer, const char *format, const char *text);

/* How many namespaces are declared where the output is now, and back to as many. */
uint32_t lyw_xml_printer_namespaces(const struct xml_printer *printer);
void lyw_xml_printer_forget(struct xml_printer *printer, uint32_t namespaces);

/* The output that waits to be taken: `lyw_xml_printer_take` empties it and leaves the bytes until more is printed. */
uint32_t lyw_xml_printer_size(const struct xml_printer *printer);
const char *lyw_xml_printer_take(struct xml_printer *printer);

/* Whether output was lost. */
int lyw_xml_printer_has_failed(const struct xml_printer *printer);

#endif
