/**
 * Edits of libyang's parsers and printers of data: input that made them fail an assertion, leak or free what was not allocated is
 * refused instead, and searches through lists are counted (native/shim/budget.c), as their number can be the square of
 * the input's length.
 */
const XML_PARSER = "src/parser_xml.c";
const JSON_PARSER = "src/parser_json.c";
const JSON_PRINTER = "src/printer_json.c";
const TREE = "src/tree_data.c";

const DECLARATION = "LY_ERR lyw_parsing_spend(size_t steps);\nLY_ERR lyw_parsing_check(void);\n";

const FAULT_EDITS = [
  // The new error took the path of the one on record for its own, and both freed it.
  ...[
    ["src/plugins_types/instanceid_keys.c", "ret = ly_err_new(err, ret, "],
    ["src/plugins_types/xpath1.0.c", "ly_err_new(err, ret, "],
  ].map(([file, call]) => ({
    file,
    find: `${call}LYVE_DATA, eitem->data_path, NULL, "%s", eitem->msg);`,
    replace: `${call}LYVE_DATA, NULL, NULL, "%s", eitem ? eitem->msg : "Invalid expression.");`,
  })),
  {
    // Text in an <action> element frees this pointer before anything was stored in it.
    file: XML_PARSER,
    find: "    LY_ERR rc = LY_SUCCESS, r;\n    struct lyd_node *child;\n\n    assert(envp && !*envp);",
    replace: "    LY_ERR rc = LY_SUCCESS, r;\n    struct lyd_node *child = NULL;\n\n    assert(envp && !*envp);",
  },
  {
    // A notification's eventTime is known by its namespace, whatever its prefix is.
    file: XML_PARSER,
    find: '!parent && name_len && !prefix_len &&\n            !ly_strncmp("eventTime", name, name_len)) {',
    replace: `!parent && name_len && !ly_strncmp("eventTime", name, name_len) &&
            lyxml_ns_get(&xmlctx->ns, prefix, prefix_len) &&
            !strcmp(lyxml_ns_get(&xmlctx->ns, prefix, prefix_len)->uri,
            "urn:ietf:params:xml:ns:netconf:notification:1.0")) {`,
  },
  {
    // An attribute of eventTime.
    file: XML_PARSER,
    find: "        /* parse eventTime, create node */\n        assert(xmlctx->status == LYXML_ELEM_CONTENT);\n",
    replace: `        if (xmlctx->status != LYXML_ELEM_CONTENT) {
            LOGVAL(ctx, LYVE_DATA, "Unexpected attribute of notification \\"eventTime\\" node.");
            rc = LY_EVALID;
            goto cleanup;
        }
`,
  },
  {
    // Text and then elements in anyxml.
    file: XML_PARSER,
    find: `        /* parser next */
        r = lyxml_ctx_next(xmlctx);
        LY_CHECK_ERR_GOTO(r, rc = r, cleanup);

        /* create node */
        r = lyd_create_any(snode, val, LYD_ANYDATA_STRING, 1, node);
`,
    replace: `        /* parser next */
        r = lyxml_ctx_next(xmlctx);
        LY_CHECK_ERR_GOTO(r, rc = r, cleanup);
        if (xmlctx->status != LYXML_ELEM_CLOSE) {
            LOGVAL(xmlctx->ctx, LYVE_SYNTAX_XML, "Mixed XML content node \\"%s\\" found, not supported.", snode->name);
            rc = LY_EVALID;
            goto cleanup;
        }

        /* create node */
        r = lyd_create_any(snode, val, LYD_ANYDATA_STRING, 1, node);
`,
  },
  {
    // After an error in anydata or anyxml all that was parsed of it is freed, not only the first node.
    file: XML_PARSER,
    find: "    free(val);\n    lyd_free_tree(child);\n",
    replace: "    free(val);\n    lyd_free_siblings(child);\n",
  },
  {
    file: JSON_PARSER,
    find: "    free(val);\n    lyd_free_tree(child);\n    return rc;\n",
    replace: `    free(val);
    lyd_free_siblings(child);
    if (rc) {
        lyd_free_tree(*node);
        *node = NULL;
    }
    return rc;
`,
  },
  {
    // The last key given twice: such entries cannot be compared.
    file: "src/parser_common.c",
    find: "            LOGVAL(LYD_CTX(node), LY_VCODE_NOKEY, skey->name);\n            return LY_EVALID;\n        }\n\n        key = key->next;\n    }\n",
    replace: `            LOGVAL(LYD_CTX(node), LY_VCODE_NOKEY, skey->name);
            return LY_EVALID;
        }

        key = key->next;
    }
    if (key && lysc_is_key(key->schema)) {
        LOGVAL(LYD_CTX(node), LY_VCODE_DUP, key->schema->name);
        return LY_EVALID;
    }
`,
  },
  {
    // A node is an instance of itself, also when it holds what libyang cannot compare: opaque values with prefixes.
    file: TREE,
    find: "            if (!lyd_compare_single(target, siblings, comp_opts)) {\n",
    replace: "            if ((target == siblings) || !lyd_compare_single(target, siblings, comp_opts)) {\n",
  },
  {
    // Printing opaque nodes as JSON: an array is closed only by a node that could have opened it.
    file: JSON_PRINTER,
    find: "static LY_ERR\njson_print_opaq(struct jsonpr_ctx *pctx, const struct lyd_node_opaq *node)\n{\n",
    replace: `static ly_bool
is_array_member(const struct lyd_node *node)
{
    uint32_t hints = node->schema ? 0 : ((const struct lyd_node_opaq *)node)->hints;

    return (hints != LYD_HINT_DATA) && (hints & (LYD_NODEHINT_LIST | LYD_NODEHINT_LEAFLIST));
}

static ly_bool
is_literal(const char *value)
{
    const char *digits = value + (value[0] == '-');
    size_t length = strspn(digits, "0123456789");

    if (!strcmp(value, "true") || !strcmp(value, "false")) {
        return 1;
    }
    return length && !digits[length] && ((digits[0] != '0') || (length == 1));
}

static ly_bool
is_object(const struct lyd_node_opaq *node, uint32_t hints)
{
    return node->child || (!node->value[0] && (hints & (LYD_NODEHINT_LIST | LYD_NODEHINT_CONTAINER)));
}

static LY_ERR
json_print_opaq(struct jsonpr_ctx *pctx, const struct lyd_node_opaq *node)
{
`,
  },
  {
    file: JSON_PRINTER,
    find: "        if (node->prev->next && matching_node(node->prev, &node->node)) {\n",
    replace:
      "        if (node->prev->next && is_array_member(node->prev) && matching_node(node->prev, &node->node)) {\n",
  },
  {
    file: JSON_PRINTER,
    find: "        if (node->next && matching_node(&node->node, node->next)) {\n",
    replace: "        if (node->next && is_array_member(node->next) && matching_node(&node->node, node->next)) {\n",
  },
  {
    // An array is open for its own siblings, not for what has the same name deeper inside.
    file: JSON_PRINTER,
    find: "    if (pctx->open.count && matching_node(node, pctx->open.dnodes[pctx->open.count - 1])) {\n",
    replace: `    if (pctx->open.count && matching_node(node, pctx->open.dnodes[pctx->open.count - 1]) &&
            (lyd_parent(node) == lyd_parent(pctx->open.dnodes[pctx->open.count - 1]))) {
`,
  },
  {
    // "tru" and "007" had passed for a boolean and a number.
    file: JSON_PRINTER,
    find: "        } else if ((hints & (LYD_VALHINT_BOOLEAN | LYD_VALHINT_DECNUM)) && !(hints & LYD_VALHINT_NUM64)) {\n",
    replace: `        } else if ((hints & (LYD_VALHINT_BOOLEAN | LYD_VALHINT_DECNUM)) && !(hints & LYD_VALHINT_NUM64) &&
                is_literal(node->value)) {
`,
  },
  {
    // What has text is a value among its likes, not an object that would lose the text, after a second comma.
    file: JSON_PRINTER,
    find: '    } else if (hints & LYD_NODEHINT_LEAFLIST) {\n        ly_print_(pctx->out, ",%s%*s"',
    replace: '    } else if (!is_object(node, hints)) {\n        ly_print_(pctx->out, ",%s%*s"',
  },
  {
    file: JSON_PRINTER,
    find: "    if (node->child || (hints & LYD_NODEHINT_LIST) || (hints & LYD_NODEHINT_CONTAINER)) {\n",
    replace: "    if (is_object(node, hints)) {\n",
  },
  {
    file: JSON_PRINTER,
    find: "        if (!(hints & LYD_NODEHINT_LEAFLIST)) {\n            /* attributes */\n",
    replace: "        if (!(hints & (LYD_NODEHINT_LEAFLIST | LYD_NODEHINT_LIST))) {\n            /* attributes */\n",
  },
  {
    // Ten times the depth that is allowed in XML does not fit on a stack.
    file: "src/json.c",
    find: `    if (jsonctx->status.count > LY_MAX_BLOCK_DEPTH * 10) {
        LOGERR(jsonctx->ctx, LY_EINVAL, "Maximum number %d of nestings has been exceeded.", LY_MAX_BLOCK_DEPTH * 10);
`,
    replace: `    if (jsonctx->status.count > LY_MAX_BLOCK_DEPTH * 2) {
        LOGERR(jsonctx->ctx, LY_EINVAL, "Maximum number %d of nestings has been exceeded.", LY_MAX_BLOCK_DEPTH * 2);
`,
  },
  {
    // Without memory there is no attribute.
    file: TREE,
    find: "        lyd_free_attr_single(ctx, at);\n    } else if (attr) {\n        *attr = at;\n    }\n    return LY_SUCCESS;\n",
    replace:
      "        lyd_free_attr_single(ctx, at);\n    } else if (attr) {\n        *attr = at;\n    }\n    return ret;\n",
  },
];

/** What fits the model in anydata is looked at once where nothing else is let in, and twice or thrice where it is. */
const UNKNOWN_EDITS = [
  {
    file: XML_PARSER,
    find: "        lydctx->parse_opts &= ~LYD_PARSE_STRICT;\n        lydctx->parse_opts |= LYD_PARSE_OPAQ | (ext ? LYD_PARSE_ONLY : 0);\n",
    replace: `        if (!lyw_parsing_rejects_unknown()) {
            lydctx->parse_opts &= ~LYD_PARSE_STRICT;
            lydctx->parse_opts |= LYD_PARSE_OPAQ | (ext ? LYD_PARSE_ONLY : 0);
        }
`,
  },
];

const BUDGET_EDITS = [
  {
    file: XML_PARSER,
    find: '#include "xml.h"\n',
    replace: `#include "xml.h"\n\n${DECLARATION}int lyw_parsing_rejects_unknown(void);\n`,
  },
  { file: "src/xml.c", find: '#include "xml.h"\n', replace: `#include "xml.h"\n\n${DECLARATION}` },
  { file: TREE, find: '#include "xml.h"\n', replace: `#include "xml.h"\n\n${DECLARATION}` },
  { file: JSON_PARSER, find: '#include "validation.h"\n', replace: `#include "validation.h"\n\n${DECLARATION}` },
  {
    // Where the parser of an element can give up.
    file: XML_PARSER,
    find: "    assert(xmlctx->status == LYXML_ELEMENT);\n\n    /* remember element prefix and name */\n",
    replace: `    assert(xmlctx->status == LYXML_ELEMENT);
    LY_CHECK_GOTO(rc = lyw_parsing_check(), cleanup);

    /* remember element prefix and name */
`,
  },
  {
    file: JSON_PARSER,
    find: "    r = lyjson_ctx_next(lydctx->jsonctx, &status);\n    LY_CHECK_ERR_GOTO(r, rc = r, cleanup);\n    if (status == LYJSON_OBJECT_CLOSED) {\n        /* empty object, fine... */\n",
    replace: `    LY_CHECK_GOTO(rc = lyw_parsing_check(), cleanup);
    r = lyjson_ctx_next(lydctx->jsonctx, &status);
    LY_CHECK_ERR_GOTO(r, rc = r, cleanup);
    if (status == LYJSON_OBJECT_CLOSED) {
        /* empty object, fine... */
`,
  },
  {
    // The last unknown sibling of the same name.
    file: XML_PARSER,
    find: "    do {\n        first = first->prev;\n        if (first->schema) {\n            continue;\n",
    replace: `    do {
        (void)lyw_parsing_spend(1);
        first = first->prev;
        if (first->schema) {
            continue;
`,
  },
  {
    // Insertion after it, without a walk to the first one.
    file: XML_PARSER,
    find: "        lyd_insert_after(insert_anchor, node);\n",
    replace: "        lyd_insert_after_node(first_p, insert_anchor, node);\n",
  },
  {
    // Namespaces in scope.
    file: "src/xml.c",
    find: "    u = ns_set->count;\n    do {\n        --u;\n        ns = (struct lyxml_ns *)ns_set->objs[u];\n",
    replace: `    u = ns_set->count;
    do {
        (void)lyw_parsing_spend(1);
        --u;
        ns = (struct lyxml_ns *)ns_set->objs[u];
`,
  },
  {
    // Attributes and namespaces of one element.
    file: "src/xml.c",
    find: "            --i;\n            ns = xmlctx->ns.objs[i];\n",
    replace: `            LY_CHECK_GOTO(rc = lyw_parsing_spend(1), cleanup);
            --i;
            ns = xmlctx->ns.objs[i];
`,
  },
  {
    file: TREE,
    find: "        for (last = *attr; last->next; last = last->next) {}\n",
    replace: `        for (last = *attr; last->next; last = last->next) {
            LY_CHECK_GOTO(ret = lyw_parsing_spend(1), finish);
        }
`,
  },
  {
    file: TREE,
    find: "        for (last = *meta; last->next; last = last->next) {}\n",
    replace:
      "        for (last = *meta; last->next; last = last->next) {\n            (void)lyw_parsing_spend(1);\n        }\n",
  },
  {
    // The place of a node among siblings that have no table, those at the top. Nearly always it is the end.
    file: TREE,
    find: "        /* find the anchor without hashes */\n        match = (struct lyd_node *)first_sibling;\n",
    replace: `        /* find the anchor without hashes */
        if (first_sibling->prev->schema == new_node->schema) {
            return NULL;
        }
        match = (struct lyd_node *)first_sibling;
`,
  },
  {
    file: TREE,
    find: `        found = 0;
        LY_LIST_FOR(match, match) {
            if (!match->schema || (lyd_owner_module(match) != lyd_owner_module(new_node))) {
`,
    replace: `        found = 0;
        uint32_t passed = 0;
        LY_LIST_FOR(match, match) {
            (void)lyw_parsing_spend(!(++passed % 4));
            if (!match->schema || (lyd_owner_module(match) != lyd_owner_module(new_node))) {
`,
  },
  {
    file: TREE,
    find: "        while ((anchor != first_sibling) && !anchor->prev->schema) {\n            anchor = anchor->prev;\n",
    // After opaque nodes: data comes before them.
    replace: `        while ((anchor != first_sibling) && !anchor->prev->schema) {
            (void)lyw_parsing_spend(1);
            anchor = anchor->prev;
`,
  },
  {
    // The node that metadata in JSON is about.
    file: JSON_PARSER,
    find: "        LY_LIST_FOR(*first_p, node) {\n            if (!node->schema) {\n                /* opaq node - we are going",
    replace:
      "        LY_LIST_FOR(*first_p, node) {\n            LY_CHECK_GOTO(ret = lyw_parsing_spend(1), cleanup);\n" +
      "            if (!node->schema) {\n                /* opaq node - we are going",
  },
];

export const PARSER_EDITS = [...FAULT_EDITS, ...UNKNOWN_EDITS, ...BUDGET_EDITS];
