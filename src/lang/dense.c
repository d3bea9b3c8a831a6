//! A grammar whose parser finds what to do next by one look at a table. Knows the library's own structures and nothing of gate.
//!
//! Most states of a grammar are kept as lists of what may come next, to be searched for every token: a tenth of all parsing. After an
//! error the parser goes through all that may come next, in the order of the list or of the row; of two reductions to the same with as many
//! children it takes the first. So only a grammar without states in which that makes a difference may be dense: those of Java and
//! JavaScript have none, TypeScript's have eight of 5,870.
#include <stdlib.h>
#include "language.h"

// The same grammar with all of its states as rows of a table; itself if there is no memory for it.
const TSLanguage *gate_dense_language(const TSLanguage *language) {
  size_t width = language->symbol_count;
  size_t large = language->large_state_count;
  uint16_t *table = calloc(language->state_count * width, sizeof(uint16_t));
  TSLanguage *dense = malloc(sizeof(TSLanguage));
  if (!table || !dense) {
    free(table);
    free(dense);
    return language;
  }
  memcpy(table, language->parse_table, large * width * sizeof(uint16_t));
  for (size_t state = large; state < language->state_count; state++) {
    uint16_t *row = &table[state * width];
    const uint16_t *data = &language->small_parse_table[language->small_parse_table_map[state - large]];
    for (unsigned groups = *data++; groups > 0; groups--) {
      uint16_t value = *data++;
      for (unsigned symbols = *data++; symbols > 0; symbols--) row[*data++] = value;
    }
  }
  *dense = *language;
  dense->parse_table = table;
  dense->large_state_count = language->state_count;
  return dense;
}
