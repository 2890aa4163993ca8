/** The part of WasmExports that describes types and constraints of the model: native/shim/types.c and constraints.c. */
export interface WasmSchemaExports {
  lyw_extension_argument(extension: number): number;
  lyw_extension_module(extension: number): number;
  lyw_extension_name(extension: number): number;
  lyw_must(schema: number, index: number): number;
  lyw_must_app_tag(must: number): number;
  lyw_must_condition(must: number): number;
  lyw_must_error_message(must: number): number;
  lyw_must_prefixes(must: number): number;
  lyw_prefix_module(prefixes: number, index: number): number;
  lyw_prefix_name(prefixes: number, index: number): number;
  lyw_schema_extension(schema: number, index: number): number;
  lyw_schema_unique(schema: number, unique: number, index: number): number;
  lyw_when(schema: number, index: number): number;
  lyw_when_condition(when: number): number;
  lyw_when_context(when: number): number;
  lyw_when_prefixes(when: number): number;
  lyw_identity_derived(identity: number, index: number): number;
  lyw_identity_module(identity: number): number;
  lyw_identity_name(identity: number): number;
  lyw_item_description(item: number): number;
  lyw_item_flags(item: number): number;
  lyw_item_name(item: number): number;
  lyw_item_number(item: number): number;
  lyw_leafref_path(type: number): number;
  lyw_leafref_prefixes(type: number): number;
  lyw_leafref_real_type(type: number): number;
  lyw_leafref_target(schema: number, type: number): number;
  lyw_pattern_app_tag(pattern: number): number;
  lyw_pattern_error_message(pattern: number): number;
  lyw_pattern_expression(pattern: number): number;
  lyw_pattern_is_inverted(pattern: number): number;
  lyw_range_app_tag(range: number): number;
  lyw_range_error_message(range: number): number;
  lyw_range_part(range: number, index: number, boundsOut: number): number;
  lyw_schema_leaf_type(schema: number): number;
  lyw_type_base(type: number): number;
  lyw_type_fraction_digits(type: number): number;
  lyw_type_identity(type: number, index: number): number;
  lyw_type_item(type: number, index: number): number;
  lyw_type_member(type: number, index: number): number;
  lyw_type_pattern(type: number, index: number): number;
  lyw_type_range(type: number): number;
  lyw_type_require_instance(type: number): number;
  lyw_type_typedef(type: number): number;
  lys_find_expr_atoms(
    contextNode: number,
    module: number,
    expression: number,
    prefixes: number,
    options: number,
    setOut: number,
  ): number;
  lyxp_get_expr(expression: number): number;
}

/** Their numbers of parameters. */
export const SCHEMA_EXPORT_ARITIES: Readonly<Record<keyof WasmSchemaExports, number>> = {
  lyw_extension_argument: 1,
  lyw_extension_module: 1,
  lyw_extension_name: 1,
  lyw_must: 2,
  lyw_must_app_tag: 1,
  lyw_must_condition: 1,
  lyw_must_error_message: 1,
  lyw_must_prefixes: 1,
  lyw_prefix_module: 2,
  lyw_prefix_name: 2,
  lyw_schema_extension: 2,
  lyw_schema_unique: 3,
  lyw_when: 2,
  lyw_when_condition: 1,
  lyw_when_context: 1,
  lyw_when_prefixes: 1,
  lyw_identity_derived: 2,
  lyw_identity_module: 1,
  lyw_identity_name: 1,
  lyw_item_description: 1,
  lyw_item_flags: 1,
  lyw_item_name: 1,
  lyw_item_number: 1,
  lyw_leafref_path: 1,
  lyw_leafref_prefixes: 1,
  lyw_leafref_real_type: 1,
  lyw_leafref_target: 2,
  lyw_pattern_app_tag: 1,
  lyw_pattern_error_message: 1,
  lyw_pattern_expression: 1,
  lyw_pattern_is_inverted: 1,
  lyw_range_app_tag: 1,
  lyw_range_error_message: 1,
  lyw_range_part: 3,
  lyw_schema_leaf_type: 1,
  lyw_type_base: 1,
  lyw_type_fraction_digits: 1,
  lyw_type_identity: 2,
  lyw_type_item: 2,
  lyw_type_member: 2,
  lyw_type_pattern: 2,
  lyw_type_range: 1,
  lyw_type_require_instance: 1,
  lyw_type_typedef: 1,
  lys_find_expr_atoms: 6,
  lyxp_get_expr: 1,
};
