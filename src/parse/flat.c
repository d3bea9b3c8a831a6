// Reads tree-sitter's tree into an array, in the order of the text; `flat.rs` says why. Knows the library's own structures and nothing
// of gate: it must give what a walk with `ts_tree_cursor_*` would, and a test compares the two.
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

static inline Open open_subtree(const TSLanguage *language, Subtree subtree, TSFieldId inherited) {
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
    if (!field->inherited && field->child_index == open->structural_index) return field->field_id;
  }
  return open->inherited;
}

static inline TSSymbol public_symbol(const TSLanguage *language, TSSymbol symbol) {
  return symbol == ts_builtin_sym_error ? symbol : language->public_symbol_map[symbol];
}

// Writes the visible nodes of a tree and gives their number; more than `capacity` if they do not fit.
size_t gate_flatten(TSNode root, Flat *nodes, size_t capacity) {
  const TSTree *tree = root.tree;
  const TSLanguage *language = tree->language;
  OpenArray stack = array_new();
  size_t count = 0;
  // The byte up to which the text is read: all text is in leaves, and in the white space before them.
  uint32_t at = 0;
  Subtree subtree = tree->root;
  TSSymbol alias = 0;
  TSFieldId field = 0;
  bool is_visible = true;

  for (;;) {
    uint32_t start = at + ts_subtree_padding(subtree).bytes;
    uint32_t end = start + ts_subtree_size(subtree).bytes;
    if (is_visible) {
      if (count == capacity) {
        count = capacity + 1;
        break;
      }
      nodes[count] = (Flat) {
        .start = start,
        .end = end,
        .after = count + 1 + ts_subtree_visible_descendant_count(subtree),
        .kind = public_symbol(language, alias ? alias : ts_subtree_symbol(subtree)),
        .field = field,
        .is_missing = ts_subtree_missing(subtree),
      };
      count++;
    }
    if (ts_subtree_visible_child_count(subtree) > 0) {
      array_push(&stack, open_subtree(language, subtree, is_visible ? 0 : field));
    } else {
      at = end;
    }
    while (stack.size > 0 && array_back(&stack)->next == array_back(&stack)->end) stack.size--;
    if (stack.size == 0) break;

    Open *open = array_back(&stack);
    subtree = *open->next++;
    alias = 0;
    field = 0;
    if (!ts_subtree_extra(subtree)) {
      alias = open->aliases ? open->aliases[open->structural_index] : 0;
      field = field_of_child(open);
      open->structural_index++;
    }
    is_visible = ts_subtree_visible(subtree) || alias;
  }
  array_delete(&stack);
  return count;
}
