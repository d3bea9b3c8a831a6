//! Lexes words, white space and comments without a call for each of their characters; all else is left to the grammar's own lexer. Knows the
//! library's own structures and nothing of gate.
//!
//! Most of a text is words, white space and comments, and a grammar's lexer calls back for each character of them: a third of all parsing
//! in Java, a tenth in JavaScript. In which states a lexer reads them as one would expect is found out by asking it, once for a grammar. A
//! word that another token begins with, such as `static get`, a word that goes on beyond ASCII, and what the text ends in are left to it too.
//! The tokens are the same, to the byte.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "language.h"
#include "lexer.h"

// What a lexer reads as expected in a state; and that it was asked, since many states of a parser share one of its lexer.
enum { WORD = 1, LINE_COMMENT = 2, BLOCK_COMMENT = 4, ASKED = 8 };

enum { OPENERS_AT_MOST = 8, PROBE = 16 };

// What is known of a grammar's lexer.
typedef struct {
  bool (*lex)(TSLexer *, TSStateId);
  TSSymbol word, line_comment, block_comment;
  // By state.
  uint8_t *reads;
  size_t states;
  // Words that longer tokens begin with, and their lengths.
  const char *openers[OPENERS_AT_MOST];
  size_t lengths[OPENERS_AT_MOST];
  size_t opener_count;
} Shortcuts;

static const uint8_t IS_SPACE[256] = {[' '] = 1, ['\t'] = 1, ['\n'] = 1, ['\r'] = 1};

static inline bool begins_word(uint8_t byte) {
  return (uint8_t)((byte | 32) - 'a') < 26 || byte == '_' || byte == '$';
}

static inline bool continues_word(uint8_t byte) {
  return begins_word(byte) || (uint8_t)(byte - '0') < 10;
}

static inline bool is_opener(const Shortcuts *shortcuts, const uint8_t *word, size_t length) {
  for (size_t at = 0; at < shortcuts->opener_count; at++) {
    if (shortcuts->lengths[at] == length && !memcmp(shortcuts->openers[at], word, length)) return true;
  }
  return false;
}

// The text from where a lexer is; nothing if not all of it can be looked at.
static inline const uint8_t *rest(const Lexer *lexer, const uint8_t **end) {
  uint32_t at = lexer->current_position.bytes - lexer->chunk_start;
  if (!lexer->chunk || lexer->input.encoding != TSInputEncodingUTF8 || lexer->included_range_count != 1 || lexer->logger.log ||
      lexer->included_ranges[0].end_byte != UINT32_MAX || lexer->current_position.bytes < lexer->chunk_start || at >= lexer->chunk_size) {
    return NULL;
  }
  *end = (const uint8_t *)lexer->chunk + lexer->chunk_size;
  return (const uint8_t *)lexer->chunk + at;
}

// Where the bytes from `from` to `to` end, if they begin at a position.
static inline Length after(Length position, const uint8_t *from, const uint8_t *to) {
  position.bytes += (uint32_t)(to - from);
  const uint8_t *line = from;
  for (const uint8_t *next; (next = memchr(line, '\n', (size_t)(to - line))); line = next + 1) {
    position.extent.row++;
    position.extent.column = 0;
  }
  position.extent.column += (uint32_t)(to - line);
  return position;
}

static inline bool take(Lexer *lexer, const uint8_t *from, const uint8_t *start, const uint8_t *end, TSSymbol symbol) {
  lexer->token_start_position = after(lexer->current_position, from, start);
  lexer->current_position = after(lexer->token_start_position, start, end);
  lexer->token_end_position = lexer->current_position;
  lexer->data.lookahead = *end;
  lexer->lookahead_size = 1;
  lexer->data.result_symbol = symbol;
  // Counted anew if anybody asks.
  lexer->column_data.valid = false;
  return true;
}

static const uint8_t *end_of_block(const uint8_t *at, const uint8_t *end) {
  while ((at = memchr(at, '/', (size_t)(end - at)))) {
    if (at[-1] == '*') return at + 1;
    at++;
  }
  return NULL;
}

static inline bool lex(const Shortcuts *shortcuts, TSLexer *data, TSStateId state) {
  Lexer *lexer = (Lexer *)data;
  uint8_t reads = state < shortcuts->states ? shortcuts->reads[state] : 0;
  const uint8_t *text_end, *from = reads & ~ASKED ? rest(lexer, &text_end) : NULL;
  if (!from) return shortcuts->lex(data, state);
  const uint8_t *start = from;
  while (start < text_end && IS_SPACE[*start]) start++;
  if (text_end - start < 3) return shortcuts->lex(data, state);
  if (reads & WORD && begins_word(*start)) {
    const uint8_t *end = start + 1;
    while (end < text_end && continues_word(*end)) end++;
    // Letters beyond ASCII, and in JavaScript a delete, go on with it.
    bool is_whole = end < text_end && *end < 0x7F && *end != '\\' && *end != '-';
    if (is_whole && !is_opener(shortcuts, start, (size_t)(end - start))) {
      return take(lexer, from, start, end, shortcuts->word);
    }
  } else if (*start == '/' && reads & LINE_COMMENT && start[1] == '/') {
    const uint8_t *end = memchr(start, '\n', (size_t)(text_end - start));
    // What else ends a line in some languages begins with one of these.
    if (end && !memchr(start, '\r', (size_t)(end - start)) && !memchr(start, 0xE2, (size_t)(end - start))) {
      return take(lexer, from, start, end, shortcuts->line_comment);
    }
  } else if (*start == '/' && reads & BLOCK_COMMENT && start[1] == '*') {
    const uint8_t *end = end_of_block(start + 3, text_end);
    if (end && end < text_end && *end < 0x80) return take(lexer, from, start, end, shortcuts->block_comment);
  }
  return shortcuts->lex(data, state);
}

static const char *read_text(void *text, uint32_t at, TSPoint position, uint32_t *length) {
  (void)position;
  size_t whole = strlen(text);
  *length = at < whole ? (uint32_t)whole - at : 0;
  return (const char *)text + (at < whole ? at : whole);
}

// Whether a lexer reads a text from its beginning as a token, with so much white space before it, and looks no farther than its end.
static bool reads(bool (*lex)(TSLexer *, TSStateId), TSStateId state, const char *text, uint32_t start, uint32_t end, TSSymbol *symbol) {
  Lexer lexer;
  ts_lexer_init(&lexer);
  ts_lexer_set_input(&lexer, (TSInput){.payload = (void *)text, .read = read_text, .encoding = TSInputEncodingUTF8});
  uint32_t looked_at = 0;
  ts_lexer_start(&lexer);
  bool is_token = lex(&lexer.data, state);
  ts_lexer_finish(&lexer, &looked_at);
  bool is_as_expected = is_token && lexer.token_start_position.bytes == start && lexer.token_end_position.bytes == end &&
                        lexer.current_position.bytes == end && (*symbol == 0 || *symbol == lexer.data.result_symbol);
  if (is_as_expected) *symbol = lexer.data.result_symbol;
  ts_lexer_delete(&lexer);
  return is_as_expected;
}

// As `reads`, and with any white space before it.
static bool reads_anywhere(bool (*lex)(TSLexer *, TSStateId), TSStateId state, const char *text, uint32_t length, TSSymbol *symbol) {
  char spaced[PROBE];
  for (const char *space = " \t\n\r"; *space; space++) {
    spaced[0] = *space;
    strcpy(spaced + 1, text);
    if (!reads(lex, state, spaced, 1, length + 1, symbol)) return false;
  }
  return reads(lex, state, text, 0, length, symbol);
}

// Whether words of any letters are read as words: some lexers take those of small letters alone for something else.
static bool reads_words(Shortcuts *shortcuts, TSStateId state) {
  static const char *const TAILS[] = {"", "x", "x0"};
  for (unsigned at = 0; at < 3; at++) {
    for (int letter = '$'; letter <= 'z'; letter++) {
      char text[PROBE];
      uint32_t length = (uint32_t)snprintf(text, PROBE, "%c%s", letter, TAILS[at]);
      strcpy(text + length, ";");
      if (begins_word((uint8_t)letter) && !reads(shortcuts->lex, state, text, 0, length, &shortcuts->word)) return false;
    }
  }
  return reads_anywhere(shortcuts->lex, state, "a;", 1, &shortcuts->word);
}

static uint8_t read_in(Shortcuts *shortcuts, TSStateId state) {
  uint8_t found = reads_words(shortcuts, state) ? WORD : 0;
  if (reads_anywhere(shortcuts->lex, state, "//x\nab", 3, &shortcuts->line_comment)) found |= LINE_COMMENT;
  if (reads_anywhere(shortcuts->lex, state, "/*x*/ab", 5, &shortcuts->block_comment)) found |= BLOCK_COMMENT;
  return found;
}

// False if there are too many.
static bool find_openers(Shortcuts *shortcuts, const TSLanguage *language) {
  for (TSSymbol symbol = 1; symbol < language->token_count; symbol++) {
    const char *name = language->symbol_names[symbol];
    size_t length = 0;
    while (continues_word((uint8_t)name[length])) length++;
    TSSymbolMetadata metadata = language->symbol_metadata[symbol];
    if (metadata.named || !metadata.visible || !begins_word((uint8_t)name[0]) || !name[length]) continue;
    if (shortcuts->opener_count == OPENERS_AT_MOST) return false;
    shortcuts->openers[shortcuts->opener_count] = name;
    shortcuts->lengths[shortcuts->opener_count++] = length;
  }
  return true;
}

static bool find_shortcuts(Shortcuts *shortcuts, const TSLanguage *language) {
  *shortcuts = (Shortcuts){.lex = language->lex_fn, .word = language->keyword_capture_token};
  if (!shortcuts->word || !find_openers(shortcuts, language)) return false;
  for (size_t state = 0; state < language->state_count; state++) {
    TSStateId used = ts_language_lex_mode_for_state(language, (TSStateId)state).lex_state;
    if (used != (TSStateId)-1 && used >= shortcuts->states) shortcuts->states = (size_t)used + 1;
  }
  shortcuts->reads = calloc(shortcuts->states, 1);
  if (!shortcuts->reads) return false;
  for (size_t state = 0; state < language->state_count; state++) {
    TSStateId used = ts_language_lex_mode_for_state(language, (TSStateId)state).lex_state;
    if (used != (TSStateId)-1 && !shortcuts->reads[used]) shortcuts->reads[used] = ASKED | read_in(shortcuts, used);
  }
  return true;
}

// A grammar's lexer is told nothing of the grammar, so each has a function of its own.
#define LEXERS(X) X(0) X(1) X(2) X(3)
#define LEXER(place) static bool lex_##place(TSLexer *lexer, TSStateId state) { return lex(&all[place], lexer, state); }
#define NAME(place) lex_##place,

static Shortcuts all[4];
LEXERS(LEXER)
static bool (*const lexers[])(TSLexer *, TSStateId) = {LEXERS(NAME)};

// The same grammar with a quicker lexer; itself if nothing is known of its own one. To be called once for each place.
const TSLanguage *gate_quick_language(const TSLanguage *language, size_t place) {
  TSLanguage *quick = malloc(sizeof(TSLanguage));
  if (!quick || place >= sizeof(lexers) / sizeof(lexers[0]) || !find_shortcuts(&all[place], language)) {
    free(quick);
    return language;
  }
  *quick = *language;
  quick->lex_fn = lexers[place];
  return quick;
}
