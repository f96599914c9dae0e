#include "grammar/tracker.h"

#include <assert.h>

#include "engine/base/limits.h"

void tracker_init(Tracker *tracker, Arena *scratch, Token start) {
    Nest nest = start.kind == TOKEN_START_BODY ? NEST_FILE : start.kind == TOKEN_START_EXPR ? NEST_EXPR : NEST_TEMPLATE;
    *tracker = (Tracker){.scratch = scratch, .last = start};
    Frame frame = {.nest = (uint8_t)nest, .fresh = true, .open = start};
    vec_push(scratch, &tracker->frames, frame);
}

static bool is_body(const Frame *frame) {
    return frame->nest == NEST_FILE || frame->nest == NEST_BLOCK || frame->nest == NEST_LINE;
}

bool tracker_wants_newline(const Tracker *tracker) {
    const Frame *top = tracker_top(tracker);
    return is_body(top) || top->nest == NEST_OBJECT;
}

uint32_t tracker_body(const Tracker *tracker) {
    for (uint32_t i = tracker->frames.n; i-- > 0;)
        if (tracker->frames.at[i].nest == NEST_FILE || tracker->frames.at[i].nest == NEST_BLOCK) return i;
    return UINT32_MAX;
}

static bool frame_push(Tracker *tracker, Nest nest, Token open) {
    if (tracker->frames.n > LIMIT_SYNTAX_DEPTH) return false;
    Frame frame = {.nest = (uint8_t)nest, .fresh = true, .open = open};
    vec_push(tracker->scratch, &tracker->frames, frame);
    return true;
}

// What an opening token opens; false for other tokens.
static bool opens(const Tracker *tracker, Token token, Nest *nest) {
    const Frame *top = tracker_top(tracker);
    switch (token.kind) {
    case TOKEN_LBRACE:
        *nest = is_body(top) && (top->phase == PHASE_NAME || top->phase == PHASE_HEADER) ? NEST_LINE : NEST_OBJECT;
        return true;
    case TOKEN_LBRACKET: *nest = tracker->operand ? NEST_INDEX : NEST_TUPLE; return true;
    case TOKEN_LPAREN: *nest = tracker->operand ? NEST_CALL : NEST_PAREN; return true;
    case TOKEN_QUOTE_OPEN: *nest = NEST_QUOTED; return true;
    case TOKEN_HEREDOC_OPEN: *nest = NEST_HEREDOC; return true;
    case TOKEN_INTERPOLATION_OPEN: *nest = NEST_INTERPOLATION; return true;
    case TOKEN_DIRECTIVE_OPEN: *nest = NEST_DIRECTIVE; return true;
    default: return false;
    }
}

static bool closes(TokenKind kind, const Frame *frame) {
    switch (kind) {
    case TOKEN_RBRACE: return frame->nest == NEST_BLOCK || frame->nest == NEST_LINE || frame->open.kind == TOKEN_LBRACE;
    case TOKEN_RBRACKET: return frame->open.kind == TOKEN_LBRACKET;
    case TOKEN_RPAREN: return frame->nest == NEST_PAREN || frame->nest == NEST_CALL;
    case TOKEN_QUOTE_CLOSE: return frame->nest == NEST_QUOTED;
    case TOKEN_HEREDOC_CLOSE: return frame->nest == NEST_HEREDOC;
    case TOKEN_SEQUENCE_CLOSE: return frame->nest == NEST_INTERPOLATION || frame->nest == NEST_DIRECTIVE;
    default: return false;
    }
}

// "%{ … }" is complete: what it starts or ends.
static bool directive_step(Tracker *tracker) {
    Frame directive = *tracker_top(tracker);
    tracker->frames.n--;
    switch (directive.item.kind) {
    case TOKEN_IF: return frame_push(tracker, NEST_IF, directive.open);
    case TOKEN_FOR: return frame_push(tracker, NEST_LOOP, directive.open);
    case TOKEN_ELSE: tracker_top(tracker)->otherwise = true; return true;
    default: tracker->frames.n--; return true; // endif, endfor
    }
}

static void body_step(Frame *top, Token token) {
    if (token.kind == TOKEN_NEWLINE) {
        top->phase = PHASE_START;
        top->questions = 0;
    } else if (top->phase == PHASE_START) {
        top->phase = PHASE_NAME;
        top->item = token;
    } else if (token.kind == TOKEN_ASSIGN) {
        top->phase = PHASE_VALUE;
    } else if (top->phase == PHASE_NAME) {
        top->phase = PHASE_HEADER;
    }
}

static void object_step(Frame *top, Token token, bool operand) {
    if (token.kind == TOKEN_NEWLINE || token.kind == TOKEN_COMMA) {
        top->phase = PHASE_START;
        top->questions = 0;
    } else if (token.kind == TOKEN_ASSIGN || (token.kind == TOKEN_COLON && top->questions == 0)) {
        top->phase = PHASE_VALUE;
    } else if (top->phase == PHASE_START && !operand) {
        top->item = token;
    }
}

// In a for-expression or a for directive. True when the token is one of its keywords, not a name.
static bool for_step(const Tracker *tracker, Frame *top, Token token) {
    TokenKind last = tracker->last.kind;
    if (top->phase == PHASE_START && token.kind == TOKEN_IN && last != TOKEN_FOR && last != TOKEN_COMMA) {
        top->phase = PHASE_FROM;
        return true;
    }
    if (top->phase == PHASE_FROM && token.kind == TOKEN_COLON && top->questions == 0) top->phase = PHASE_VALUE;
    if (top->phase == PHASE_VALUE && token.kind == TOKEN_IF && (tracker->operand || last == TOKEN_ELLIPSIS)) {
        top->phase = PHASE_WHEN;
        return true;
    }
    return false;
}

// True when the token is a keyword here.
static bool frame_step(Tracker *tracker, Token token) {
    Frame *top = tracker_top(tracker);
    bool keyword = false, fresh = top->fresh;
    if (token.kind != TOKEN_NEWLINE) top->fresh = false;
    if (fresh && top->nest == NEST_LINE && token.kind == TOKEN_NEWLINE) top->nest = NEST_BLOCK;
    if (fresh && token.kind == TOKEN_FOR && (top->nest == NEST_OBJECT || top->nest == NEST_TUPLE)) {
        top->nest = NEST_FOR;
        keyword = true;
    } else if (fresh && top->nest == NEST_DIRECTIVE) {
        top->item = token;
        keyword = true;
    } else if (is_body(top)) {
        body_step(top, token);
    } else if (top->nest == NEST_OBJECT) {
        object_step(top, token, tracker->operand);
    } else if (top->nest == NEST_FOR || (top->nest == NEST_DIRECTIVE && top->item.kind == TOKEN_FOR)) {
        keyword = for_step(tracker, top, token);
    }
    if (token.kind == TOKEN_QUESTION) top->questions++;
    if (token.kind == TOKEN_COLON && top->questions > 0) top->questions--;
    return keyword;
}

static bool ends_operand(const Tracker *tracker, TokenKind kind) {
    switch (kind) {
    case TOKEN_STAR: return tracker->last.kind == TOKEN_DOT || tracker->last.kind == TOKEN_LBRACKET;
    case TOKEN_IDENT:
    case TOKEN_FOR:
    case TOKEN_IN:
    case TOKEN_IF:
    case TOKEN_ELSE:
    case TOKEN_ENDIF:
    case TOKEN_ENDFOR:
    case TOKEN_NUMBER:
    case TOKEN_QUOTE_CLOSE:
    case TOKEN_HEREDOC_CLOSE:
    case TOKEN_RBRACE:
    case TOKEN_RBRACKET:
    case TOKEN_RPAREN: return true;
    default: return false;
    }
}

bool tracker_step(Tracker *tracker, Token token) {
    Nest nest;
    bool room = true;
    if (closes(token.kind, tracker_top(tracker))) {
        Nest closed = (Nest)tracker_top(tracker)->nest;
        if (closed == NEST_DIRECTIVE)
            room = directive_step(tracker);
        else
            tracker->frames.n--;
        if (closed == NEST_BLOCK || closed == NEST_LINE) tracker_top(tracker)->phase = PHASE_DONE;
        tracker->operand = ends_operand(tracker, token.kind);
    } else if (opens(tracker, token, &nest)) {
        Token open = nest == NEST_CALL ? tracker->last : token;
        frame_step(tracker, token);
        room = frame_push(tracker, nest, open);
        tracker->operand = false;
    } else {
        tracker->operand = !frame_step(tracker, token) && ends_operand(tracker, token.kind);
    }
    tracker->path = token.kind == TOKEN_IDENT && tracker->last.kind == TOKEN_DOUBLE_COLON;
    tracker->last = token;
    assert(tracker->frames.n > 0);
    return room;
}

bool tracker_skip(Tracker *tracker, Token token, uint32_t floor) {
    Nest nest;
    if (opens(tracker, token, &nest)) return frame_push(tracker, nest == NEST_LINE ? NEST_OBJECT : nest, token);
    for (uint32_t i = tracker->frames.n; i-- > floor + 1;) {
        if (!closes(token.kind, &tracker->frames.at[i])) continue;
        tracker->frames.n = i;
        return true;
    }
    return false;
}
