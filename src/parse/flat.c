//! Reads tree-sitter's tree into an array, in the order of the text; `flat.rs` says why. Knows the library's own structures and nothing
//! of gate: it must give what a walk with `ts_tree_cursor_*` would, and a test compares the two.
#include "tree.h"
#include "language.h"

// As `Flat` in flat.rs.
typedef struct {
  uint32_t start;
  uint32_t end;
  uint32_t after;
  TSSymbol kind;
  TSFieldId field;
  bool is_missing;
} Flat;

// A subtree whose children are being read.
typedef struct {
  const Subtree *next;
  const Subtree *end;
  // Of the production: what its children are called instead, and which parts they play.
  const TSSymbol *aliases;
  const TSFieldMapEntry *fields;
  const TSFieldMapEntry *fields_end;
  // Of the next child, not counting comments and the like.
  uint32_t structural_index;
  // The part that a hidden subtree plays is played by its children.
  TSFieldId inherited;
} Open;

typedef Array(Open) OpenArray;

static Open open_subtree(const TSLanguage *language, Subtree subtree, TSFieldId inherited) {
  const Subtree *children = ts_subtree_children(subtree);
  uint32_t production = subtree.ptr->production_id;
  Open open = {
    .next = children,
    .end = children + subtree.ptr->child_count,
    .aliases = ts_language_alias_sequence(language, production),
    .inherited = inherited,
  };
  ts_language_field_map(language, production, &open.fields, &open.fields_end);
  return open;
}

static inline TSFieldId field_of_child(const Open *open) {
  for (const TSFieldMapEntry *field = open->fields; field < open->fields_end; field++) {
    if (field->child_index == open->structural_index && !field->inherited) return field->field_id;
  }
  return open->inherited;
}

static inline TSSymbol public_symbol(const TSLanguage *language, TSSymbol symbol) {
  return symbol == ts_builtin_sym_error ? symbol : language->public_symbol_map[symbol];
}

// Writes the visible nodes of a tree and gives their number; more than `capacity` if they do not fit.
size_t gate_flatten(TSNode root, Flat *nodes, size_t capacity) {
  const TSLanguage *language = root.tree->language;
  OpenArray stack = array_new();
  size_t count = 0;
  // The byte up to which the text is read: all text is in leaves, and in the white space before them.
  uint32_t at = 0;
  Subtree subtree = root.tree->root;
  TSSymbol alias = 0;
  TSFieldId field = 0;
  bool is_visible = true;

  for (;;) {
    // Most subtrees are small leaves, which have no data of their own elsewhere.
    bool is_inline = subtree.data.is_inline;
    uint32_t start = at + (is_inline ? subtree.data.padding_bytes : subtree.ptr->padding.bytes);
    uint32_t end = start + (is_inline ? subtree.data.size_bytes : subtree.ptr->size.bytes);
    bool has_children = !is_inline && subtree.ptr->child_count > 0;
    if (is_visible) {
      if (count == capacity) {
        count = capacity + 1;
        break;
      }
      Flat *node = &nodes[count++];
      node->start = start;
      node->end = end;
      node->after = count + (has_children ? subtree.ptr->visible_descendant_count : 0);
      node->kind = public_symbol(language, alias ? alias : ts_subtree_symbol(subtree));
      node->field = field;
      node->is_missing = ts_subtree_missing(subtree);
    }
    if (has_children && subtree.ptr->visible_child_count > 0) {
      array_push(&stack, open_subtree(language, subtree, is_visible ? 0 : field));
    } else {
      at = end;
    }

    while (stack.size > 0 && array_back(&stack)->next == array_back(&stack)->end) stack.size--;
    if (stack.size == 0) break;

    Open *open = array_back(&stack);
    subtree = *open->next++;
    if (ts_subtree_extra(subtree)) {
      alias = 0;
      field = 0;
    } else {
      alias = open->aliases ? open->aliases[open->structural_index] : 0;
      field = field_of_child(open);
      open->structural_index++;
    }
    is_visible = alias || ts_subtree_visible(subtree);
  }
  array_delete(&stack);
  return count;
}
