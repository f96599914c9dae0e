// Follows the tokens that the machine has accepted, to know what the machine cannot tell: whether a line break counts
// here, how deep the nesting is, and what was being written when something unexpected came (explain.c).
//
// The file or text is the first frame; each opening bracket, quote or sequence adds one, template directives with
// content (if, for) too.
#ifndef INFRA_GRAMMAR_TRACKER_H
#define INFRA_GRAMMAR_TRACKER_H

#include "engine/base/vec.h"
#include "grammar/token.h"

typedef enum Nest {
    NEST_FILE,     // a body without braces
    NEST_BLOCK,    // a body of lines
    NEST_LINE,     // a block on one line
    NEST_EXPR,     // one expression and nothing else
    NEST_TEMPLATE, // a template without quotes
    NEST_PAREN,
    NEST_CALL,
    NEST_TUPLE,
    NEST_INDEX,
    NEST_OBJECT,
    NEST_FOR, // a for-expression, in brackets or braces
    NEST_QUOTED,
    NEST_HEREDOC,
    NEST_INTERPOLATION,
    NEST_DIRECTIVE, // between %{ and }
    NEST_IF,        // after %{ if … }
    NEST_LOOP,      // after %{ for … }
} Nest;

typedef enum Phase {
    PHASE_START,  // of an item, a key, a directive, the names of a for-expression
    PHASE_NAME,   // bodies: after the first name
    PHASE_HEADER, // bodies: after labels
    PHASE_VALUE,  // after = or : or, in a for-expression, the colon
    PHASE_DONE,   // bodies: after a block
    PHASE_FROM,   // for: after in
    PHASE_WHEN,   // for: after if
} Phase;

typedef struct Frame {
    uint8_t nest;       // Nest
    uint8_t phase;      // Phase
    bool fresh;         // nothing but line breaks since it was opened
    bool otherwise;     // NEST_IF: past else
    uint32_t questions; // conditions that lack their colon
    Token open;         // what opened it; NEST_CALL: the function's name, NEST_IF, NEST_LOOP: "%{"
    Token item;         // the name that starts the item; NEST_DIRECTIVE: its keyword
} Frame;

typedef struct Tracker {
    Arena *scratch;
    VEC(Frame) frames; // never empty
    Token last;        // the last token; START_… at first
    bool operand;      // the last token ends an operand
    bool path;         // it is a name after "::"
    Span suspect;      // header of a block that, by its indentation, is not closed where its brace is
} Tracker;

// `start` is TOKEN_START_….
void tracker_init(Tracker *tracker, Arena *scratch, Token start);
static inline Frame *tracker_top(const Tracker *tracker) { return &tracker->frames.at[tracker->frames.n - 1]; }
// Whether a line break is a token here.
bool tracker_wants_newline(const Tracker *tracker);
// Takes note of an accepted token. False when it opens one level too many.
bool tracker_step(Tracker *tracker, Token token);
// While input is skipped: an opening token adds a frame, a closing one removes the frame it closes and those above,
// if that is above frame `floor`. False when it closes nothing there, or opens one level too many.
bool tracker_skip(Tracker *tracker, Token token, uint32_t floor);
// The innermost body of lines or file, or UINT32_MAX.
uint32_t tracker_body(const Tracker *tracker);

#endif
