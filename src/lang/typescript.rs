//! TypeScript and TSX, by tree-sitter-typescript: JavaScript's table and what types add to it.
use std::sync::OnceLock;

use super::javascript::{CONTEXTS, DROPPED, HOLES, JSX, SHARED, TWINS};
use super::{Language, Role, Role::*};

pub(super) static TYPESCRIPT: Language = Language {
    name: "typescript",
    rule_name: "typescript",
    extensions: &["ts", "mts", "cts"],
    grammar: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    roles: &[SHARED, TYPES],
    dropped: DROPPED,
    telling: &[HOLES, MARKS],
    optional: OPTIONAL,
    twins: TWINS,
    contexts: CONTEXTS,
    dense: false,
    member: None,
    compiled: OnceLock::new(),
};

pub(super) static TSX: Language = Language {
    name: "tsx",
    rule_name: "typescript",
    extensions: &["tsx"],
    grammar: || tree_sitter_typescript::LANGUAGE_TSX.into(),
    roles: &[SHARED, JSX, TYPES],
    dropped: DROPPED,
    telling: &[HOLES, MARKS],
    optional: OPTIONAL,
    twins: TWINS,
    contexts: CONTEXTS,
    dense: false,
    member: None,
    compiled: OnceLock::new(),
};

const OPTIONAL: &[&str] = &[
    "optional_chain",
    "async",
    "decorator",
    "type_arguments",
    "type_parameters",
    "type_annotation",
    "accessibility_modifier",
    "override_modifier",
    "readonly",
];

/// `{ a?: T }`.
const MARKS: &[(&str, &str, &str)] =
    &[("property_signature", "", "?"), ("method_signature", "", "?"), ("method_definition", "", "?"), ("public_field_definition", "", "?")];

/// Kinds of types and of their declarations.
const TYPES: &[(&str, Role)] = &[
    ("abstract_class_declaration", Class),
    ("interface_declaration", Class),
    ("enum_declaration", Class),
    ("interface_body", ClassBody),
    ("enum_body", ClassBody),
    ("public_field_definition", Field),
    ("abstract_method_signature", Function),
    ("method_signature", Function),
    ("function_signature", Function),
    ("required_parameter", Parameter),
    ("optional_parameter", Parameter),
    ("as_expression", Cast),
    ("satisfies_expression", Cast),
    ("non_null_expression", NonNull),
    ("type_identifier", TypeName),
    ("generic_type", GenericType),
    ("import_require_clause", ImportBinding),
    ("import_alias", ImportAlias),
    ("type_parameter", TypeParameter),
    ("mapped_type_clause", TypeParameter),
    ("infer_type", TypeParameter),
    ("type_alias_declaration", TypeAlias),
    ("function_type", Signature),
    ("constructor_type", Signature),
    ("call_signature", Signature),
    ("construct_signature", Signature),
    ("index_signature", IndexSignature),
    ("internal_module", Module),
    ("module", Module),
    ("ambient_declaration", Ambient),
    ("nested_identifier", QualifiedName),
    ("nested_type_identifier", QualifiedType),
];
