import { SCHEMA_EXPORT_ARITIES, type WasmSchemaExports } from "./wasm-schema-exports.ts";

/**
 * The functions of the WebAssembly module, as in native/exports.txt.
 *
 * All arguments and results are unsigned 32-bit numbers: pointers (0 for none), sizes, flags, result codes. `...Out`
 * points to a word the function writes, `...InOut` to one it reads and writes. Functions without a result give 0.
 */
export interface WasmExports extends WasmSchemaExports {
  lyw_alloc(size: number): number;
  lyw_free(block: number): number;
  lyw_heap_refuses_copies(): number;
  lyw_live_allocations(): number;
  lyw_set_memory_limit(bytes: number): number;
  lyw_handle(node: number): number;
  lyw_handle_generation(slot: number): number;
  lyw_abort(): number;
  lyw_context_new(): number;
  lyw_error_app_tag(item: number): number;
  lyw_error_code(item: number): number;
  lyw_error_data_path(item: number): number;
  lyw_error_line(item: number): number;
  lyw_error_message(item: number): number;
  lyw_error_next(context: number, last: number): number;
  lyw_error_schema_path(item: number): number;
  lyw_error_validation_code(item: number): number;
  lyw_feature_is_enabled(feature: number): number;
  lyw_feature_name(feature: number): number;
  lyw_feature_next(module: number, last: number, index: number): number;
  lyw_module_is_implemented(module: number): number;
  lyw_module_name(module: number): number;
  lyw_module_namespace(module: number): number;
  lyw_module_prefix(module: number): number;
  lyw_module_revision(module: number): number;
  lyw_parse_module(context: number, text: number, format: number, features: number, moduleOut: number): number;
  lyw_module_deviated_by(module: number, index: number): number;
  lyw_module_import(module: number, index: number): number;
  lyw_module_yang_version(module: number): number;
  lyw_submodule(module: number, index: number): number;
  lyw_submodule_import(submodule: number, index: number): number;
  lyw_submodule_name(submodule: number): number;
  lyw_submodule_print(submodule: number, format: number, textOut: number): number;
  lyw_submodule_revision(submodule: number): number;
  lyw_version(): number;
  lyw_schema_actions(schema: number): number;
  lyw_schema_notifications(schema: number): number;
  lyw_schema_base_type(schema: number): number;
  lyw_schema_child(schema: number): number;
  lyw_schema_default(schema: number, index: number): number;
  lyw_schema_default_case(schema: number): number;
  lyw_schema_description(schema: number): number;
  lyw_schema_flags(schema: number): number;
  lyw_schema_max_elements(schema: number): number;
  lyw_schema_min_elements(schema: number): number;
  lyw_schema_module(schema: number): number;
  lyw_schema_name(schema: number): number;
  lyw_schema_next(schema: number): number;
  lyw_schema_output(schema: number): number;
  lyw_schema_parent(schema: number): number;
  lyw_schema_path(schema: number): number;
  lyw_schema_reference(schema: number): number;
  lyw_schema_top(module: number, which: number): number;
  lyw_schema_type(schema: number): number;
  lyw_schema_units(schema: number): number;
  lyw_any_tree(node: number): number;
  lyw_find_equal(siblings: number, wanted: number): number;
  lyw_has_opaque(siblings: number): number;
  lyw_node_child(node: number): number;
  lyw_node_flags(node: number): number;
  lyw_node_last_instance(first: number): number;
  lyw_node_name(node: number): number;
  lyw_node_next(node: number): number;
  lyw_node_parent(node: number): number;
  lyw_node_path(node: number): number;
  lyw_node_previous(node: number): number;
  lyw_node_root(node: number): number;
  lyw_node_schema(node: number): number;
  lyw_node_value(node: number): number;
  lyw_opaque_module_name(node: number): number;
  lyw_opaque_namespace(node: number): number;
  lyw_parse_data(context: number, text: number, format: number, options: number, treeOut: number): number;
  lyw_parse_operation(
    context: number,
    text: number,
    kind: number,
    rejectUnknown: number,
    envelopeOut: number,
    operationOut: number,
  ): number;
  lyw_parse_reply(request: number, text: number, envelopeOut: number, operationOut: number): number;
  lyw_print(root: number, format: number, options: number, textOut: number, lengthOut: number): number;
  lyw_set_count(set: number): number;
  lyw_set_free(set: number): number;
  lyw_set_node(set: number, index: number): number;
  lyw_canonical_value(leaf: number, text: number, canonicalOut: number): number;
  lyw_find_entry(siblings: number, list: number, keys: number, entryOut: number): number;
  lyw_find_first(siblings: number, schema: number): number;
  lyw_find_match(entry: number, conditions: number, count: number, maxEntries: number, isMatchOut: number): number;
  lyw_key_count(list: number): number;
  lyw_precedes(node: number, sibling: number): number;
  lyw_xml_writer_begin(writer: number): number;
  lyw_xml_writer_close(writer: number): number;
  lyw_xml_writer_depth(writer: number): number;
  lyw_xml_writer_free(writer: number): number;
  lyw_xml_writer_is_paused(writer: number): number;
  lyw_xml_writer_new(context: number, options: number): number;
  lyw_xml_writer_open(writer: number, node: number): number;
  lyw_xml_writer_resume(writer: number, maxBytes: number): number;
  lyw_xml_writer_size(writer: number): number;
  lyw_xml_writer_take(writer: number): number;
  lyw_xml_writer_write_edit(writer: number, node: number, operation: number, isLast: number): number;
  lyw_xml_writer_write(writer: number, node: number, state: number, siblings: number, maxBytes: number): number;
  lyw_xpath_set_budget(nodes: number): number;
  lyw_attr_first(node: number): number;
  lyw_attr_name(attribute: number): number;
  lyw_attr_namespace(attribute: number): number;
  lyw_attr_next(attribute: number): number;
  lyw_attr_value(attribute: number): number;
  lyw_meta_add(node: number, module: number, name: number, value: number): number;
  lyw_meta_first(node: number): number;
  lyw_meta_is_internal(meta: number): number;
  lyw_meta_module(meta: number): number;
  lyw_meta_name(meta: number): number;
  lyw_meta_next(meta: number): number;
  lyw_meta_remove(node: number, module: number, name: number): number;
  lyw_meta_strip(root: number): number;
  lyw_meta_value(meta: number): number;
  lyw_change_value(node: number, value: number): number;
  lyw_insert_copy(parent: number, firstInOut: number, source: number, options: number, copyOut: number): number;
  lyw_insert_after(sibling: number, node: number): number;
  lyw_insert_before(sibling: number, node: number, firstInOut: number): number;
  lyw_insert_child(parent: number, node: number): number;
  lyw_insert_top(firstInOut: number, node: number): number;
  lyw_merge(firstInOut: number, source: number, options: number): number;
  lyw_remove(node: number, firstInOut: number): number;
  lyw_set_path(
    context: number,
    parent: number,
    firstInOut: number,
    path: number,
    value: number,
    nodeOut: number,
  ): number;
  lyw_unlink(node: number, firstInOut: number): number;
  lyw_has_default_value(node: number): number;
  lyw_select(tree: number, xpath: number, pairs: number, pairCount: number, nodesOut: number, countOut: number): number;
  lyw_has_twin(node: number): number;
  lyw_is_plain(node: number, mayRepeat: number): number;
  lyw_pass_check_children(pass: number, node: number, first: number, schema: number): number;
  lyw_pass_check_musts(pass: number, node: number, first: number, schema: number): number;
  lyw_pass_check_subtree(pass: number, node: number): number;
  lyw_pass_check_unique(pass: number, parent: number, schema: number, first: number): number;
  lyw_pass_check_top(pass: number, module: number, first: number): number;
  lyw_pass_complete_children(pass: number, node: number, first: number, schema: number, changesInOut: number): number;
  lyw_pass_complete_node(pass: number, node: number, first: number): number;
  lyw_pass_complete_subtree(pass: number, node: number, first: number): number;
  lyw_pass_complete_top(pass: number, module: number, firstInOut: number, changesInOut: number): number;
  lyw_pass_evaluate_whens(pass: number, firstInOut: number, changesInOut: number): number;
  lyw_pass_free(pass: number): number;
  lyw_pass_new(options: number): number;
  lyw_pass_note_types(pass: number, node: number, first: number, schema: number): number;
  lyw_pass_note_whens(pass: number, node: number, first: number, schema: number): number;
  lyw_pass_resolve_types(pass: number, firstInOut: number, limit: number, leftOut: number): number;
  lyw_counterpart(first: number, node: number): number;
  lyw_is_equal(a: number, b: number): number;
  lyw_unique_tuples(
    node: number,
    list: number,
    unique: number,
    limit: number,
    nextOut: number,
    foundOut: number,
    countOut: number,
  ): number;
  lyw_set_add_shallow(setInOut: number, node: number): number;
  lyw_set_is_shallow(member: number): number;
  lyw_set_add(setInOut: number, node: number, addedOut: number): number;
  lyw_set_add_difference(setInOut: number, node: number, other: number): number;
  lyw_set_add_differences(setInOut: number, a: number, b: number): number;
  lyw_set_next(set: number, member: number): number;
  lyw_set_settle(setInOut: number, from: number, toInOut: number, limit: number): number;
  ly_ctx_destroy(context: number): number;
  ly_ctx_get_module_implemented(context: number, name: number): number;
  ly_ctx_get_module_implemented_ns(context: number, namespace: number): number;
  ly_ctx_get_module_iter(context: number, indexInOut: number): number;
  ly_ctx_get_yanglib_data(context: number, rootOut: number, format: number, args: number): number;
  ly_ctx_load_module(context: number, name: number, revision: number, features: number): number;
  ly_err_clean(context: number, item: number): number;
  lyd_compare_siblings(a: number, b: number, options: number): number;
  lyd_diff_apply_all(firstInOut: number, diff: number): number;
  lyd_diff_merge_all(diffInOut: number, source: number, options: number): number;
  lyd_diff_reverse_all(source: number, diffOut: number): number;
  lyd_diff_siblings(from: number, to: number, options: number, diffOut: number): number;
  lyd_dup_siblings(first: number, parent: number, options: number, copyOut: number): number;
  lyd_dup_single(node: number, parent: number, options: number, copyOut: number): number;
  lyd_eval_xpath4(
    node: number,
    tree: number,
    module: number,
    xpath: number,
    format: number,
    prefixes: number,
    variables: number,
    kindOut: number,
    setOut: number,
    stringOut: number,
    numberOut: number,
    booleanOut: number,
  ): number;
  lyd_find_path(node: number, path: number, output: number, matchOut: number): number;
  lyd_find_xpath3(
    node: number,
    tree: number,
    xpath: number,
    format: number,
    prefixes: number,
    variables: number,
    setOut: number,
  ): number;
  lyd_free_all(node: number): number;
  lyd_new_implicit_all(firstInOut: number, context: number, options: number, diffOut: number): number;
  lyd_new_implicit_module(firstInOut: number, module: number, options: number, diffOut: number): number;
  lyd_new_implicit_tree(node: number, options: number, diffOut: number): number;
  lyd_parse_opaq_error(node: number): number;
  lyd_validate_all(firstInOut: number, context: number, options: number, diffInOut: number): number;
  lyd_validate_module(firstInOut: number, module: number, options: number, diffInOut: number): number;
  lyd_validate_op(operation: number, dependencies: number, kind: number, diffOut: number): number;
  lys_find_xpath(context: number, node: number, xpath: number, options: number, setOut: number): number;
  lys_print_mem(textOut: number, module: number, format: number, options: number): number;
}

/**
 * Those that bring data in, copy it, or begin work that needs memory in proportion to it. Refused while memory is low, before
 * they change anything. All others only look, move, remove, or finish and undo what was begun: see native/shim/shim.h.
 */
export const REFUSED_WHEN_LOW: ReadonlySet<string> = new Set<keyof WasmExports>([
  "lyw_context_new",
  "lyw_parse_module",
  "lyw_parse_data",
  "lyw_parse_operation",
  "lyw_parse_reply",
  "lyw_meta_add",
  "lyw_insert_copy",
  "lyw_merge",
  "lyw_set_path",
  "lyw_select",
  "lyw_pass_new",
  "ly_ctx_get_yanglib_data",
  "ly_ctx_load_module",
  "lyd_diff_apply_all",
  "lyd_diff_merge_all",
  "lyd_diff_reverse_all",
  "lyd_diff_siblings",
  "lyd_dup_siblings",
  "lyd_dup_single",
  "lyd_eval_xpath4",
  "lyd_find_xpath3",
  "lyd_validate_all",
  "lyd_validate_op",
]);

/** Every name of WasmExports with its number of parameters; checked when a module is instantiated. */
export const EXPORT_ARITIES: Readonly<Record<keyof WasmExports, number>> = {
  ...SCHEMA_EXPORT_ARITIES,
  lyw_alloc: 1,
  lyw_free: 1,
  lyw_heap_refuses_copies: 0,
  lyw_live_allocations: 0,
  lyw_set_memory_limit: 1,
  lyw_handle: 1,
  lyw_handle_generation: 1,
  lyw_abort: 0,
  lyw_context_new: 0,
  lyw_error_app_tag: 1,
  lyw_error_code: 1,
  lyw_error_data_path: 1,
  lyw_error_line: 1,
  lyw_error_message: 1,
  lyw_error_next: 2,
  lyw_error_schema_path: 1,
  lyw_error_validation_code: 1,
  lyw_feature_is_enabled: 1,
  lyw_feature_name: 1,
  lyw_feature_next: 3,
  lyw_module_is_implemented: 1,
  lyw_module_name: 1,
  lyw_module_namespace: 1,
  lyw_module_prefix: 1,
  lyw_module_revision: 1,
  lyw_parse_module: 5,
  lyw_module_deviated_by: 2,
  lyw_module_import: 2,
  lyw_module_yang_version: 1,
  lyw_submodule: 2,
  lyw_submodule_import: 2,
  lyw_submodule_name: 1,
  lyw_submodule_print: 3,
  lyw_submodule_revision: 1,
  lyw_version: 0,
  lyw_schema_actions: 1,
  lyw_schema_notifications: 1,
  lyw_schema_base_type: 1,
  lyw_schema_child: 1,
  lyw_schema_default: 2,
  lyw_schema_default_case: 1,
  lyw_schema_description: 1,
  lyw_schema_flags: 1,
  lyw_schema_max_elements: 1,
  lyw_schema_min_elements: 1,
  lyw_schema_module: 1,
  lyw_schema_name: 1,
  lyw_schema_next: 1,
  lyw_schema_output: 1,
  lyw_schema_parent: 1,
  lyw_schema_path: 1,
  lyw_schema_reference: 1,
  lyw_schema_top: 2,
  lyw_schema_type: 1,
  lyw_schema_units: 1,
  lyw_any_tree: 1,
  lyw_find_equal: 2,
  lyw_has_opaque: 1,
  lyw_node_child: 1,
  lyw_node_flags: 1,
  lyw_node_last_instance: 1,
  lyw_node_name: 1,
  lyw_node_next: 1,
  lyw_node_parent: 1,
  lyw_node_path: 1,
  lyw_node_previous: 1,
  lyw_node_root: 1,
  lyw_node_schema: 1,
  lyw_node_value: 1,
  lyw_opaque_module_name: 1,
  lyw_opaque_namespace: 1,
  lyw_parse_data: 5,
  lyw_parse_operation: 6,
  lyw_parse_reply: 4,
  lyw_print: 5,
  lyw_set_count: 1,
  lyw_set_free: 1,
  lyw_set_node: 2,
  lyw_canonical_value: 3,
  lyw_find_entry: 4,
  lyw_find_first: 2,
  lyw_find_match: 5,
  lyw_key_count: 1,
  lyw_precedes: 2,
  lyw_xml_writer_begin: 1,
  lyw_xml_writer_close: 1,
  lyw_xml_writer_depth: 1,
  lyw_xml_writer_free: 1,
  lyw_xml_writer_is_paused: 1,
  lyw_xml_writer_new: 2,
  lyw_xml_writer_open: 2,
  lyw_xml_writer_resume: 2,
  lyw_xml_writer_size: 1,
  lyw_xml_writer_take: 1,
  lyw_xml_writer_write_edit: 4,
  lyw_xml_writer_write: 5,
  lyw_xpath_set_budget: 1,
  lyw_attr_first: 1,
  lyw_attr_name: 1,
  lyw_attr_namespace: 1,
  lyw_attr_next: 1,
  lyw_attr_value: 1,
  lyw_meta_add: 4,
  lyw_meta_first: 1,
  lyw_meta_is_internal: 1,
  lyw_meta_module: 1,
  lyw_meta_name: 1,
  lyw_meta_next: 1,
  lyw_meta_remove: 3,
  lyw_meta_strip: 1,
  lyw_meta_value: 1,
  lyw_change_value: 2,
  lyw_insert_copy: 5,
  lyw_insert_after: 2,
  lyw_insert_before: 3,
  lyw_insert_child: 2,
  lyw_insert_top: 2,
  lyw_merge: 3,
  lyw_remove: 2,
  lyw_set_path: 6,
  lyw_unlink: 2,
  lyw_has_default_value: 1,
  lyw_select: 6,
  lyw_has_twin: 1,
  lyw_is_plain: 2,
  lyw_pass_check_children: 4,
  lyw_pass_check_musts: 4,
  lyw_pass_check_subtree: 2,
  lyw_pass_check_top: 3,
  lyw_pass_check_unique: 4,
  lyw_pass_complete_children: 5,
  lyw_pass_complete_node: 3,
  lyw_pass_complete_subtree: 3,
  lyw_pass_complete_top: 4,
  lyw_pass_evaluate_whens: 3,
  lyw_pass_free: 1,
  lyw_pass_new: 1,
  lyw_pass_note_types: 4,
  lyw_pass_note_whens: 4,
  lyw_pass_resolve_types: 4,
  lyw_counterpart: 2,
  lyw_is_equal: 2,
  lyw_unique_tuples: 7,
  lyw_set_add_shallow: 2,
  lyw_set_is_shallow: 1,
  lyw_set_add: 3,
  lyw_set_add_difference: 3,
  lyw_set_add_differences: 3,
  lyw_set_next: 2,
  lyw_set_settle: 4,
  ly_ctx_destroy: 1,
  ly_ctx_get_module_implemented: 2,
  ly_ctx_get_module_implemented_ns: 2,
  ly_ctx_get_module_iter: 2,
  ly_ctx_get_yanglib_data: 4,
  ly_ctx_load_module: 4,
  ly_err_clean: 2,
  lyd_compare_siblings: 3,
  lyd_diff_apply_all: 2,
  lyd_diff_merge_all: 3,
  lyd_diff_reverse_all: 2,
  lyd_diff_siblings: 4,
  lyd_dup_siblings: 4,
  lyd_dup_single: 4,
  lyd_eval_xpath4: 12,
  lyd_find_path: 4,
  lyd_find_xpath3: 7,
  lyd_free_all: 1,
  lyd_new_implicit_all: 4,
  lyd_new_implicit_module: 4,
  lyd_new_implicit_tree: 3,
  lyd_parse_opaq_error: 1,
  lyd_validate_all: 4,
  lyd_validate_module: 4,
  lyd_validate_op: 4,
  lys_find_xpath: 5,
  lys_print_mem: 4,
};
