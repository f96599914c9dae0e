#include "grammar/parse.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/base/limits.h"
#include "grammar/ast_make.h"
#include "grammar/explain.h"
#include "grammar/grammar.h" // made from grammar.y
#include "grammar/lexer.h"
#include "grammar/machine.h"
#include "grammar/tracker.h"

// The driver: tokens from the scanner go through the tracker into the machine. Where the machine refuses one, the
// error is explained and the rest of the body item is skipped, so that one mistake gives one error.

#define GRAMMAR_END 0
#define TOKEN(name, text) _Static_assert((int)TOKEN_##name == GRAMMAR_##name, "tokens.def and grammar.y agree");
#include "grammar/tokens.def"
#undef TOKEN

typedef struct Parser {
    Build build;
    Lexer lexer;
    Tracker tracker;
    void *machine;
    Token ahead; // read but not used yet, when `held`
    bool held;
    bool told_encoding;
} Parser;

static void parser_hold(Parser *parser, Token token) {
    assert(!parser->held);
    parser->ahead = token;
    parser->held = true;
}

static Token parser_read(Parser *parser) {
    if (parser->held) {
        parser->held = false;
        return parser->ahead;
    }
    Token token;
    do token = lexer_next(&parser->lexer);
    while (token.kind == TOKEN_COMMENT);
    return token;
}

static Token token_at(Token place, TokenKind kind) { return (Token){kind, {place.span.at, 0}, STR_NONE}; }

static bool is_body_start(const Parser *parser) {
    const Frame *top = tracker_top(&parser->tracker);
    return (top->nest == NEST_FILE || top->nest == NEST_BLOCK) && top->phase == PHASE_START;
}

// The next token that counts. A body's last line always ends, even where the file does before.
static Token parser_next(Parser *parser) {
    Token token;
    do token = parser_read(parser);
    while (token.kind == TOKEN_NEWLINE && !tracker_wants_newline(&parser->tracker));
    uint8_t nest = tracker_top(&parser->tracker)->nest;
    if (token.kind == TOKEN_END && (nest == NEST_FILE || nest == NEST_BLOCK) && !is_body_start(parser)) {
        parser_hold(parser, token);
        return token_at(token, TOKEN_NEWLINE);
    }
    return token;
}

// False when the machine refuses the token.
static bool parser_feed(Parser *parser, Token token) {
    parser->build.unexpected = false;
    Grammar(parser->machine, (int)token.kind, token);
    assert(!parser->build.overflow);
    return !parser->build.unexpected;
}

static void parser_explain(Parser *parser, Token token) {
    if (token.kind == TOKEN_BAD_UTF8) {
        // One is enough to know what is wrong with the file.
        if (parser->told_encoding) return;
        parser->told_encoding = true;
    }
    explain_token(parser->build.diags, &parser->tracker, token);
}

// Recovery.

static uint32_t column_of(const Parser *parser, Token token) {
    const SourceFile *file = parser->build.file;
    uint32_t at = token.span.at - file->base, start = at;
    while (start > 0 && file->text.p[start - 1] != '\n') start--;
    return at - start;
}

static bool starts_line(const Parser *parser, Token token) {
    const SourceFile *file = parser->build.file;
    uint32_t at = token.span.at - file->base;
    while (at > 0 && (file->text.p[at - 1] == ' ' || file->text.p[at - 1] == '\t')) at--;
    return at == 0 || file->text.p[at - 1] == '\n';
}

static bool is_template_frame(const Frame *frame) { return frame->nest >= NEST_QUOTED; }

// Whether the token looks like the start of the next item although brackets are open: a name at the start of a line,
// indented no further than the item that is being skipped, and what follows a name in a body.
static bool looks_like_item(const Parser *parser, Token token, uint32_t floor) {
    if (token.kind < TOKEN_IDENT || token.kind > TOKEN_ENDFOR || !starts_line(parser, token)) return false;
    const Frame *body = &parser->tracker.frames.at[floor];
    if (body->phase == PHASE_START || token.span.at <= body->item.span.at) return false;
    for (uint32_t i = floor + 1; i < parser->tracker.frames.n; i++)
        if (is_template_frame(&parser->tracker.frames.at[i])) return false;
    if (column_of(parser, token) > column_of(parser, body->item)) return false;
    Str text = parser->build.file->text;
    size_t at = token.span.at - parser->build.file->base + token.span.n;
    while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t')) at++;
    char next = at < text.n ? text.p[at] : 0, after = at + 1 < text.n ? text.p[at + 1] : 0;
    if (next == '=') return after != '=' && after != '>';
    return next == '{' || next == '"' || next == '_' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
}

// A string ended at its line's end, and the scanner left every template up to a heredoc. True when that was all, so
// that the line break counts.
static bool skip_broken_quote(Tracker *tracker, uint32_t floor) {
    uint32_t lowest = tracker->frames.n;
    for (uint32_t i = tracker->frames.n; i-- > floor + 1;) {
        if (tracker->frames.at[i].nest == NEST_HEREDOC) {
            tracker->frames.n = i + 1;
            return false;
        }
        if (is_template_frame(&tracker->frames.at[i])) lowest = i;
    }
    tracker->frames.n = lowest;
    return true;
}

// A header whose quote is broken swallowed the brace at the end of its line.
static bool swallowed_brace(const Parser *parser, Token token, uint32_t floor) {
    uint8_t phase = parser->tracker.frames.at[floor].phase;
    if (token.kind != TOKEN_QUOTE_BROKEN || (phase != PHASE_NAME && phase != PHASE_HEADER)) return false;
    return str_ends(str_trim(str_slice(parser->build.file->text, 0, token.span.at - parser->build.file->base)),
                    STR("{"));
}

// Skips from the refused token to the end of the item, which is left to be read.
static void skip_item(Parser *parser, Token token, uint32_t floor) {
    Tracker *tracker = &parser->tracker;
    for (;; token = parser_read(parser)) {
        bool newline = token.kind == TOKEN_NEWLINE;
        if (token.kind == TOKEN_QUOTE_BROKEN) newline = skip_broken_quote(tracker, floor);
        if (swallowed_brace(parser, token, floor)) tracker_skip(tracker, token_at(token, TOKEN_LBRACE), floor);
        if (token.kind == TOKEN_END || looks_like_item(parser, token, floor)) break;
        if (newline && tracker->frames.n == floor + 1) {
            do token = parser_read(parser);
            while (token.kind == TOKEN_NEWLINE);
            // No item starts with a brace: it belongs to the header on the line before.
            if (token.kind != TOKEN_LBRACE) break;
            newline = false;
        }
        if (newline) continue;
        bool known = tracker_skip(tracker, token, floor);
        if (!known && token.kind == TOKEN_RBRACE && tracker->frames.at[floor].nest == NEST_BLOCK) break;
    }
    parser_hold(parser, token);
}

// After the machine refused the token: takes machine and tracker back to the innermost body. False where there is none.
static bool parser_recover(Parser *parser, Token token) {
    Tracker *tracker = &parser->tracker;
    uint32_t floor = tracker_body(tracker);
    if (floor == UINT32_MAX) return false;
    bool fits = grammar_recover(parser->machine);
    assert(fits);
    (void)fits;
    ast_drop_lists(&parser->build);
    parser_feed(parser, token_at(token, TOKEN_RECOVER));
    if (token.kind != TOKEN_END) skip_item(parser, token, floor);
    tracker->frames.n = floor + 1;
    Token newline = token_at(token, TOKEN_NEWLINE);
    parser_feed(parser, newline);
    tracker_step(tracker, newline);
    return true;
}

// Closes the blocks that are still open at the end.
static void parser_close(Parser *parser, Token end) {
    while (parser->tracker.frames.n > 1) {
        Token tokens[] = {token_at(end, TOKEN_RBRACE), token_at(end, TOKEN_NEWLINE)};
        for (int i = 0; i < 2; i++) {
            parser_feed(parser, tokens[i]);
            tracker_step(&parser->tracker, tokens[i]);
        }
    }
    parser_feed(parser, end);
}

static void parser_end(Parser *parser, Token end, bool explain) {
    if (parser_feed(parser, end)) return;
    if (explain) parser_explain(parser, end);
    if (!parser_recover(parser, end)) return;
    parser_close(parser, end);
}

// A closing brace further left than the line of its opening one: the block inside may be the unclosed one.
static void note_indentation(Parser *parser, Token brace) {
    Tracker *tracker = &parser->tracker;
    const Frame *top = tracker_top(tracker);
    if (brace.kind != TOKEN_RBRACE || top->nest != NEST_BLOCK || span_known(tracker->suspect)) return;
    Token item = tracker->frames.at[tracker->frames.n - 2].item;
    if (starts_line(parser, item) && column_of(parser, brace) < column_of(parser, item))
        tracker->suspect = span_join(item.span, top->open.span);
}

static void parser_run(Parser *parser, Token start) {
    parser_feed(parser, start);
    for (;;) {
        Token token = parser_next(parser);
        if (token.kind == TOKEN_END) {
            parser_end(parser, token, true);
            return;
        }
        if (!parser_feed(parser, token)) {
            parser_explain(parser, token);
            if (parser_recover(parser, token)) continue;
            return;
        }
        note_indentation(parser, token);
        if (tracker_step(&parser->tracker, token) && grammar_depth(parser->machine) < GRAMMAR_STACK) continue;
        explain_depth(parser->build.diags, token);
        parser_end(parser, token_at(token, TOKEN_END), false);
        return;
    }
}

// Gives each error the header of the block of the file that it lies in.
static void add_context(const AstBody *body, Diags *diags, uint32_t from) {
    for (uint32_t i = from; body && i < diags->list.n; i++) {
        Diag *diag = &diags->list.at[i];
        uint32_t low = 0, high = body->blocks.n; // the first block that ends after the subject's start
        while (low < high) {
            uint32_t mid = low + (high - low) / 2;
            Span span = body->blocks.at[mid].span;
            if (span.at + span.n > diag->subject.at)
                high = mid;
            else
                low = mid + 1;
        }
        if (low < body->blocks.n && body->blocks.at[low].span.at <= diag->subject.at)
            diag->context = body->blocks.at[low].header_span;
    }
}

// Errors of the tree come later than those of the tokens; people read from top to bottom.
static void sort_diags(Diags *diags, uint32_t from) {
    for (uint32_t i = from + 1; i < diags->list.n; i++) {
        Diag diag = diags->list.at[i];
        uint32_t to = i;
        for (; to > from && diags->list.at[to - 1].subject.at > diag.subject.at; to--)
            diags->list.at[to] = diags->list.at[to - 1];
        diags->list.at[to] = diag;
    }
}

// False when errors were added.
static bool parser_parse(Arena *arena, const SourceFile *file, Span part, TokenKind start, Build *out, Diags *diags) {
    uint32_t errors = diags->errors, listed = diags->list.n;
    *out = (Build){.arena = arena, .file = file, .diags = diags};
    if (part.n > LIMIT_SOURCE_BYTES)
        return diag_error(diags, "file_too_large", (Span){part.at, 0}, "File too large",
                          "A source file can have up to %u bytes, and this has %u.", (unsigned)LIMIT_SOURCE_BYTES,
                          (unsigned)part.n);
    Parser *parser = calloc(1, sizeof *parser);
    if (!parser) abort();
    parser->build = *out;
    parser->build.scratch = arena_new(arena_process(arena), LIFE_OP, "parse");
    lexer_init(&parser->lexer, file, part, start == TOKEN_START_TEMPLATE ? LEX_TEMPLATE : LEX_CODE);
    parser->machine = GrammarAlloc(malloc, &parser->build);
    if (!parser->machine) abort();
    Token first = {start, {part.at, 0}, STR_NONE};
    tracker_init(&parser->tracker, parser->build.scratch, first);
    parser_run(parser, first);
    GrammarFree(parser->machine, free);
    lexer_free(&parser->lexer);
    arena_free(parser->build.scratch);
    *out = parser->build;
    sort_diags(diags, listed);
    add_context(out->body, diags, listed);
    free(parser);
    return diags->errors == errors;
}

bool parse_body(Arena *arena, const SourceFile *file, AstBody **out, Diags *diags) {
    Build build;
    Span whole = {file->base, (uint32_t)file->text.n};
    bool good = parser_parse(arena, file, whole, TOKEN_START_BODY, &build, diags);
    if (!build.body) {
        build.body = ARENA_NEW(arena, AstBody);
        build.body->span = whole;
        build.body->end = (Span){whole.at + whole.n, 0};
    }
    *out = build.body;
    return good;
}

static bool parse_one(Arena *arena, const SourceFile *file, Span part, TokenKind start, Expr **out, Diags *diags) {
    Build build;
    bool good = parser_parse(arena, file, part, start, &build, diags);
    *out = build.expr ? build.expr : ast_error(&build, part);
    return good;
}

bool parse_expr(Arena *arena, const SourceFile *file, Expr **out, Diags *diags) {
    return parse_one(arena, file, (Span){file->base, (uint32_t)file->text.n}, TOKEN_START_EXPR, out, diags);
}

bool parse_expr_in(Arena *arena, const SourceFile *file, Span part, Expr **out, Diags *diags) {
    return parse_one(arena, file, part, TOKEN_START_EXPR, out, diags);
}

bool parse_template(Arena *arena, const SourceFile *file, Expr **out, Diags *diags) {
    return parse_one(arena, file, (Span){file->base, (uint32_t)file->text.n}, TOKEN_START_TEMPLATE, out, diags);
}
