// Templates: texts decoded, strip markers obeyed, heredocs flushed, texts put together.
//
// The scanner's granularity matters: a strip marker takes the white space of the one text token next to it, and in a
// heredoc each line is a token of its own. Flushing looks at the first token of each line, whatever it is. Both work
// on the pieces before neighbouring texts become one.
#include "engine/base/utf8.h"
#include "grammar/ast_make.h"
#include "grammar/space.h"

// Decoding.

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// \uNNNN or \UNNNNNNNN at s; its length.
static size_t decode_unicode(Build *build, Str s, Span at, Buf *out) {
    size_t want = s.p[1] == 'u' ? 4 : 8, n = 0;
    uint32_t code = 0;
    for (; n < want && 2 + n < s.n && hex_digit(s.p[2 + n]) >= 0; n++)
        code = code << 4 | (uint32_t)hex_digit(s.p[2 + n]);
    Span span = {at.at, (uint32_t)(2 + n)};
    if (n < want)
        diag_error(build->diags, "invalid_escape", span, "Invalid escape sequence",
                   "\"\\%c\" must be followed by exactly %zu hexadecimal digits, like \\u00e9 or \\U0001f600.", s.p[1],
                   want);
    else if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        diag_error(build->diags, "invalid_escape", span, "Invalid escape sequence", "There is no character U+%04X.",
                   (unsigned)code);
    else
        utf8_encode(out, code);
    return 2 + n;
}

// A backslash and what follows it at s; its length.
static size_t decode_escape(Build *build, Str s, Span at, Buf *out) {
    char c = s.n > 1 ? s.p[1] : 0;
    switch (c) {
    case 'n': buf_char(out, '\n'); return 2;
    case 'r': buf_char(out, '\r'); return 2;
    case 't': buf_char(out, '\t'); return 2;
    case '"': buf_char(out, '"'); return 2;
    case '\\': buf_char(out, '\\'); return 2;
    case 'u':
    case 'U': return decode_unicode(build, s, at, out);
    default: break;
    }
    uint32_t code;
    size_t n = s.n > 1 ? utf8_decode(str_slice(s, 1, s.n), &code) : 0;
    Span span = {at.at, (uint32_t)(1 + n)};
    diag_error(build->diags, "invalid_escape", span, "Invalid escape sequence",
               "\"\\%.*s\" is not an escape sequence. These are: \\n \\r \\t \\\" \\\\ \\uNNNN \\UNNNNNNNN. For a "
               "backslash as such, write two.",
               (int)n, s.p + 1);
    return 1 + n;
}

// $${ or %%{ at s.
static bool template_escape(Str s) {
    return s.n >= 3 && (s.p[0] == '$' || s.p[0] == '%') && s.p[1] == s.p[0] && s.p[2] == '{';
}

Str ast_decode(Build *build, Token token) {
    Str s = token.text;
    bool quoted = token.kind == TOKEN_QUOTED_TEXT;
    size_t at = 0;
    while (at < s.n && !(quoted && s.p[at] == '\\') && !template_escape(str_slice(s, at, s.n))) at++;
    if (at == s.n) return s;
    Buf out = buf_in(build->arena);
    buf_reserve(&out, s.n);
    buf_bytes(&out, s.p, at);
    while (at < s.n) {
        Str rest = str_slice(s, at, s.n);
        if (quoted && rest.p[0] == '\\') {
            at += decode_escape(build, rest, (Span){token.span.at + (uint32_t)at, 1}, &out);
        } else if (template_escape(rest)) {
            buf_bytes(&out, rest.p + 1, 2);
            at += 3;
        } else {
            buf_char(&out, rest.p[0]);
            at++;
        }
    }
    return buf_str(&out);
}

// Pieces.

Mark ast_parts(Build *build) { return build->pieces.n; }

static bool strips_before(Token open) { return open.text.n == 3; }
static bool strips_after(Token close) { return close.text.n == 2; }

// The white space at the end of the text at `end - 1`, if that is one of the list's and is text.
static void strip_end(Build *build, Mark list, Mark end, bool strip) {
    if (!strip || end <= list) return;
    TemplatePart *part = &build->pieces.at[end - 1].part;
    if (part->kind == PART_TEXT) part->text = space_trim_right(part->text);
}

static void strip_start(Build *build, Mark list, Mark end, bool strip) {
    if (!strip || end <= list) return;
    TemplatePart *part = &build->pieces.at[list].part;
    if (part->kind == PART_TEXT) part->text = space_trim_left(part->text);
}

// A lone $ or % in quotes is a token of its own; strip markers see no difference when it joins the text before it.
static bool text_extend(Build *build, Mark parts, Token token, Str text) {
    if (token.kind != TOKEN_QUOTED_TEXT || build->pieces.n <= parts) return false;
    TemplatePart *last = &build->pieces.at[build->pieces.n - 1].part;
    if (last->kind != PART_TEXT || last->text.n == 0 || last->text.p + last->text.n != text.p) return false;
    last->text.n += text.n;
    last->span = span_join(last->span, token.span);
    return true;
}

void ast_part_text(Build *build, Mark parts, Token token) {
    Str text = ast_decode(build, token);
    if (text_extend(build, parts, token, text)) return;
    Piece piece = {.part = {.kind = PART_TEXT, .span = token.span, .text = text}};
    if (build->pieces.n > parts && build->pieces.at[build->pieces.n - 1].strip_after)
        piece.part.text = space_trim_left(text);
    vec_push(build->scratch, &build->pieces, piece);
}

void ast_part_expr(Build *build, Mark parts, Token open, Expr *expr, Token close) {
    strip_end(build, parts, build->pieces.n, strips_before(open));
    Piece piece = {.part = {.kind = PART_EXPR, .span = span_join(open.span, close.span), .expr = expr},
                   .strip_after = strips_after(close)};
    vec_push(build->scratch, &build->pieces, piece);
}

Piece ast_if_open(Build *build, Token open, Expr *condition, Token close) {
    (void)build;
    return (Piece){.part = {.kind = PART_IF, .span = span_join(open.span, close.span), .expr = condition},
                   .strip_before = strips_before(open),
                   .strip_after = strips_after(close)};
}

Piece ast_for_open(Build *build, Token open, ForExpr *names, Expr *collection, Token close) {
    Piece piece = ast_if_open(build, open, collection, close);
    piece.part.kind = PART_FOR;
    piece.part.key_name = names->key_name;
    piece.part.value_name = names->value_name;
    return piece;
}

Sequence ast_sequence(Build *build, Token open, Token close) {
    (void)build;
    return (Sequence){span_join(open.span, close.span), strips_before(open), strips_after(close)};
}

// The pieces from `from` to `end`, as a list in the arena.
static PartList *parts_take(Build *build, Mark from, Mark end) {
    PartList *parts = ARENA_NEW(build->arena, PartList);
    parts->list.n = parts->list.cap = end - from;
    parts->list.at = ARENA_ARRAY(build->arena, TemplatePart, end - from);
    for (uint32_t i = 0; i < parts->list.n; i++) parts->list.at[i] = build->pieces.at[from + i].part;
    return parts;
}

// Puts a directive in the place of its content, which starts at `content`.
static void directive_push(Build *build, Piece piece, Mark content, Sequence end) {
    piece.part.span = span_join(piece.part.span, end.span);
    piece.strip_after = end.strip_after;
    build->pieces.n = content;
    vec_push(build->scratch, &build->pieces, piece);
}

void ast_part_if(Build *build, Mark parts, Piece piece, Mark yes, Sequence end) {
    Mark top = build->pieces.n;
    strip_end(build, parts, yes, piece.strip_before);
    strip_start(build, yes, top, piece.strip_after);
    strip_end(build, yes, top, end.strip_before);
    piece.part.body = parts_take(build, yes, top);
    directive_push(build, piece, yes, end);
}

void ast_part_if_else(Build *build, Mark parts, Piece piece, Mark yes, Sequence middle, Mark no, Sequence end) {
    Mark top = build->pieces.n;
    strip_end(build, parts, yes, piece.strip_before);
    strip_start(build, yes, no, piece.strip_after);
    strip_end(build, yes, no, middle.strip_before);
    strip_start(build, no, top, middle.strip_after);
    strip_end(build, no, top, end.strip_before);
    piece.part.body = parts_take(build, yes, no);
    piece.part.otherwise = parts_take(build, no, top);
    directive_push(build, piece, yes, end);
}

void ast_part_for(Build *build, Mark parts, Piece piece, Mark body, Sequence end) {
    ast_part_if(build, parts, piece, body, end);
}

// Flushing: the least indentation of any line is taken off all lines.

typedef struct Flush {
    Arena *scratch;
    bool line_start;
    uint32_t least;
    VEC(TemplatePart *) lines;
} Flush;

static uint32_t grapheme_count(Str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ' ' && s.p[i] != '\t') return (uint32_t)utf8_grapheme_count(s);
    return (uint32_t)s.n;
}

static void flush_other(Flush *flush) {
    if (flush->line_start) flush->least = 0;
    flush->line_start = false;
}

static void flush_text(Flush *flush, TemplatePart *part) {
    size_t space = space_leading(part->text);
    bool ends_line = str_ends(part->text, STR("\n"));
    // A line of nothing but white space neither counts nor changes.
    if (flush->line_start && !(space == part->text.n && ends_line)) {
        uint32_t indent = grapheme_count(str_slice(part->text, 0, space));
        if (indent < flush->least) flush->least = indent;
        vec_push(flush->scratch, &flush->lines, part);
    }
    flush->line_start = ends_line;
}

// Recursion is as deep as directives nest, which the tracker bounds.
static void flush_collect(Flush *flush, PartList *parts) {
    for (uint32_t i = 0; i < parts->list.n; i++) {
        TemplatePart *part = &parts->list.at[i];
        if (part->kind == PART_TEXT) {
            flush_text(flush, part);
            continue;
        }
        flush_other(flush);
        if (part->kind == PART_EXPR) continue;
        flush_collect(flush, part->body);
        flush_other(flush); // else or the end
        if (!part->otherwise) continue;
        flush_collect(flush, part->otherwise);
        flush_other(flush);
    }
}

static void flush_parts(Build *build, PartList *parts) {
    Flush flush = {.scratch = build->scratch, .line_start = true, .least = UINT32_MAX};
    flush_collect(&flush, parts);
    for (uint32_t i = 0; i < flush.lines.n; i++) {
        Str *text = &flush.lines.at[i]->text;
        for (uint32_t left = flush.least; left > 0 && text->n > 0; left--) {
            bool ascii = text->n == 1 || ((unsigned char)text->p[1] < 0x80 && text->p[0] != '\r');
            *text = str_slice(*text, ascii ? 1 : utf8_grapheme(*text), text->n);
        }
    }
}

// One text of the texts from `from` to `end`: a slice of the source where they are neighbours there.
static TemplatePart parts_joined(Build *build, const TemplatePart *at, uint32_t n) {
    TemplatePart whole = at[0];
    bool together = true;
    for (uint32_t i = 1; i < n; i++) {
        together = together && whole.text.p + whole.text.n == at[i].text.p;
        whole.text.n += at[i].text.n;
        whole.span = span_join(whole.span, at[i].span);
    }
    if (together) return whole;
    char *p = arena_alloc(build->arena, whole.text.n + 1);
    size_t used = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (at[i].text.n) memcpy(p + used, at[i].text.p, at[i].text.n);
        used += at[i].text.n;
    }
    p[used] = 0;
    whole.text.p = p;
    return whole;
}

static uint32_t parts_join(Build *build, PartList *parts);

static uint32_t directive_join(Build *build, TemplatePart *part) {
    uint32_t tallest = part->expr->height;
    uint32_t body = part->body ? parts_join(build, part->body) : 0;
    uint32_t otherwise = part->otherwise ? parts_join(build, part->otherwise) : 0;
    if (body > tallest) tallest = body;
    return otherwise > tallest ? otherwise : tallest;
}

// Joins neighbouring texts and leaves out empty ones. The height of the tallest expression.
static uint32_t parts_join(Build *build, PartList *parts) {
    uint32_t kept = 0, tallest = 0, n = parts->list.n;
    TemplatePart *at = parts->list.at;
    for (uint32_t i = 0, end; i < n; i = end) {
        end = i + 1;
        TemplatePart part = at[i];
        if (part.kind == PART_TEXT) {
            while (end < n && at[end].kind == PART_TEXT) end++;
            part = parts_joined(build, at + i, end - i);
            if (part.text.n == 0) continue;
        } else {
            uint32_t height = directive_join(build, &part);
            if (part.kind != PART_EXPR) height++;
            if (height > tallest) tallest = height;
        }
        at[kept++] = part;
    }
    parts->list.n = kept;
    return tallest;
}

static Expr *string_node(Build *build, Span span, Str text, bool quoted) {
    Expr *e = ast_node(build, EXPR_STRING, span);
    e->text = text;
    e->quoted = quoted;
    return e;
}

static Expr *template_complete(Build *build, Span span, Mark from, bool quoted, bool flush) {
    uint32_t n = build->pieces.n - from;
    const TemplatePart *first = n ? &build->pieces.at[from].part : NULL;
    bool wrapped = n == 1 && first->kind == PART_EXPR;
    if (n == 1 && first->kind == PART_TEXT && !flush) {
        build->pieces.n = from;
        return string_node(build, span, first->text, quoted);
    }
    PartList *parts = parts_take(build, from, build->pieces.n);
    build->pieces.n = from;
    if (flush) flush_parts(build, parts);
    uint32_t tallest = parts_join(build, parts);
    if (parts->list.n == 0) return string_node(build, span, STR(""), quoted);
    if (parts->list.n == 1 && parts->list.at[0].kind == PART_TEXT)
        return string_node(build, span, parts->list.at[0].text, quoted);
    Expr *e = ast_node(build, EXPR_TEMPLATE, span);
    e->quoted = quoted;
    e->wrapped = wrapped;
    e->parts.list.at = parts->list.at;
    e->parts.list.n = e->parts.list.cap = parts->list.n;
    return ast_over(build, e, tallest);
}

Expr *ast_template(Build *build, Token open, Mark parts, Token close) {
    bool flush = open.kind == TOKEN_HEREDOC_OPEN && open.text.p[2] == '-';
    return template_complete(build, span_join(open.span, close.span), parts, open.kind == TOKEN_QUOTE_OPEN, flush);
}

void ast_template_file(Build *build, Mark parts) {
    Span span = {build->file->base, (uint32_t)build->file->text.n};
    build->expr = template_complete(build, span, parts, false, false);
}
