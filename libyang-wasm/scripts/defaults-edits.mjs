/** Edits of libyang's handling of defaults: RFC 6243, where libyang does otherwise. */
const XML_PARSER = "src/parser_xml.c";

const ATTRIBUTE_EDITS = [
  {
    // RFC 6243 §4.5.2 wants the attribute in this namespace; libyang uses the YANG module's.
    file: "src/printer_xml.c",
    find: "xml_print_ns(pctx, mod->ns, mod->prefix, 0)",
    replace: 'xml_print_ns(pctx, "urn:ietf:params:xml:ns:netconf:default:1.0", mod->prefix, 0)',
  },
  {
    file: XML_PARSER,
    find: '        mod = ly_ctx_get_module_implemented_ns(xmlctx->ctx, ns->uri);\n        if (!mod) {\n            if (lydctx->parse_opts & LYD_PARSE_STRICT) {\n                LOGVAL(xmlctx->ctx, LYVE_REFERENCE,\n                        "Unknown (or not implemented) YANG module with namespace',
    replace:
      '        is_default = !strcmp(ns->uri, "urn:ietf:params:xml:ns:netconf:default:1.0");\n' +
      '        mod = is_default ? ly_ctx_get_module_implemented(xmlctx->ctx, "ietf-netconf-with-defaults") :\n' +
      "                ly_ctx_get_module_implemented_ns(xmlctx->ctx, ns->uri);\n" +
      '        if (!mod) {\n            if (lydctx->parse_opts & LYD_PARSE_STRICT) {\n                LOGVAL(xmlctx->ctx, LYVE_REFERENCE,\n                        "Unknown (or not implemented) YANG module with namespace',
  },
  {
    file: XML_PARSER,
    find: "    LY_ARRAY_COUNT_TYPE u;\n    ly_bool filter_attrs = 0;\n    struct lyxml_ctx *xmlctx = lydctx->xmlctx;\n",
    replace:
      "    LY_ARRAY_COUNT_TYPE u;\n    ly_bool filter_attrs = 0, is_default = 0;\n    struct lyxml_ctx *xmlctx = lydctx->xmlctx;\n",
  },
  {
    // It is of XML Schema's boolean type, which has 1 and 0 as well.
    file: XML_PARSER,
    find: "        /* create metadata */\n        ret = lyd_parser_create_meta((struct lyd_ctx *)lydctx, NULL, meta, mod, name, name_len, xmlctx->value,\n",
    replace: `        if (is_default && (xmlctx->value_len == 1) && ((xmlctx->value[0] == '1') || (xmlctx->value[0] == '0'))) {
            const char *word = xmlctx->value[0] == '1' ? "true" : "false";

            if (xmlctx->dynamic) {
                free((char *)xmlctx->value);
                xmlctx->dynamic = 0;
            }
            xmlctx->value = word;
            xmlctx->value_len = strlen(word);
        }
        is_default = 0;

        /* create metadata */
        ret = lyd_parser_create_meta((struct lyd_ctx *)lydctx, NULL, meta, mod, name, name_len, xmlctx->value,
`,
  },
  {
    // Not the first of several attributes, but this one.
    file: "src/parser_common.c",
    find: "            if (meta != &node->meta) {\n                *meta = (*meta)->next;\n            }\n            lyd_free_meta_single(meta2);\n            if (prev_meta) {",
    replace:
      "            if ((meta != &node->meta) && !prev_meta) {\n                *meta = next_meta;\n            }\n            lyd_free_meta_single(meta2);\n            if (prev_meta && (meta != &node->meta)) {",
  },
];

const TRIM_EDITS = [
  {
    file: "src/out.c",
    find: "            if (lyd_is_default(node)) {\n",
    replace:
      "            extern uint32_t lyw_has_default_value(const struct lyd_node *node);\n" +
      "            if (lyw_has_default_value(node)) {\n",
  },
];

export const DEFAULTS_EDITS = [...ATTRIBUTE_EDITS, ...TRIM_EDITS];
