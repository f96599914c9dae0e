// A diagnostic as people see it:
//
//   ╷
//   │ Error: Unsupported attribute
//   │
//   │   with terraform_data.a["x"],
//   │   on main.infra line 7, in resource "terraform_data" "a":
//   │    7:     y = var.zone.nope
//   │           ^^^^^^^^^^^^^
//   │     ├────────────────
//   │     │ var.zone is "eu-west-1a"
//   │
//   │ A string has no attributes.
//   ╵
//
// The body is made first, then the gutter is put before each line. All that comes from outside loses registered
// secrets and control characters on the way.
#include "engine/base/diag.h"

#include "engine/base/process.h"
#include "engine/base/secret.h"
#include "engine/base/utf8.h"

// Lines of the subject that are shown, and bytes of a line: beyond, a part around the subject is.
#define EXCERPT_LINES 5u
#define EXCERPT_BYTES 300u
#define EXCERPT_BEFORE 80u

typedef struct Render {
    Process *process;
    DiagStyle style;
    Buf body;
} Render;

static void render_color(Render *r, const char *code) {
    if (r->style.color) buf_format(&r->body, "\x1b[%sm", code);
}

static const char *severity_color(const Diag *diag) { return diag->severity == SEV_ERROR ? "31" : "33"; }

// Terminals act on control characters: they are shown as pictures. Lines and tabs stay.
static void clean_add(Buf *out, Str text, bool ascii) {
    for (size_t at = 0, n; at < text.n; at += n) {
        uint32_t code;
        n = utf8_decode(str_slice(text, at, text.n), &code);
        bool control = n == 0 || (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7F && code < 0xA0);
        if (n == 0) n = 1;
        if (!control)
            buf_bytes(out, text.p + at, n);
        else if (ascii)
            buf_char(out, '?');
        else
            utf8_encode(out, text.p[at] == 0x7F ? 0x2421 : (unsigned char)text.p[at] < 0x20 ? 0x2400 + code : 0xFFFD);
    }
}

static void render_text(Render *r, Str text) {
    Buf scrubbed = {0};
    secret_scrub(r->process, text, &scrubbed);
    clean_add(&r->body, buf_str(&scrubbed), r->style.ascii);
    buf_free(&scrubbed);
}

// The first line of the construct around, up to its brace: `resource "aws_vpc" "main"`.
static Str context_title(Process *process, const Diag *diag) {
    Str title = source_text(process, diag->context);
    ptrdiff_t end = str_find_char(title, '\n');
    if (end >= 0) title = str_slice(title, 0, (size_t)end);
    title = str_trim(title);
    if (str_ends(title, STR("{"))) title = str_trim(str_slice(title, 0, title.n - 1));
    return title;
}

// A line of source and what of it is the subject, in bytes.
typedef struct Excerpt {
    Str line;
    size_t from, to;
} Excerpt;

static size_t char_start(Str s, size_t at) {
    while (at > 0 && at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80) at--;
    return at;
}

static Excerpt excerpt_cut(Excerpt e) {
    if (e.line.n <= EXCERPT_BYTES) return e;
    size_t start = e.from > EXCERPT_BEFORE ? char_start(e.line, e.from - EXCERPT_BEFORE) : 0;
    Str line = str_slice(e.line, start, char_start(e.line, start + EXCERPT_BYTES));
    size_t to = e.to - start < line.n ? e.to - start : line.n;
    return (Excerpt){line, e.from - start, to};
}

// Carets under the subject. Tabs before it are copied, so that they are as wide as above.
static void render_carets(Render *r, Excerpt e) {
    buf_z(&r->body, "      ");
    Str before = str_slice(e.line, 0, e.from);
    for (Str piece; before.p && str_next(&before, '\t', &piece);) {
        buf_fill(&r->body, ' ', utf8_width(piece));
        if (before.p) buf_char(&r->body, '\t');
    }
    size_t width = utf8_width(str_slice(e.line, e.from, e.to));
    buf_fill(&r->body, '^', width ? width : 1);
    buf_char(&r->body, '\n');
}

static void render_line(Render *r, uint32_t number, Excerpt e, bool carets) {
    buf_format(&r->body, "%4u: ", number);
    Buf scrubbed = {0};
    secret_scrub(r->process, e.line, &scrubbed);
    // Where a secret went, the subject's place is lost; the line is shown without.
    bool marked = str_eq(e.line, buf_str(&scrubbed));
    e = excerpt_cut(marked ? e : (Excerpt){buf_str(&scrubbed), 0, 0});
    clean_add(&r->body, str_slice(e.line, 0, e.from), r->style.ascii);
    if (marked && e.to > e.from) {
        render_color(r, "1;4");
        clean_add(&r->body, str_slice(e.line, e.from, e.to), r->style.ascii);
        render_color(r, "0");
    }
    clean_add(&r->body, str_slice(e.line, e.to, e.line.n), r->style.ascii);
    buf_char(&r->body, '\n');
    if (marked && carets) render_carets(r, e);
    buf_free(&scrubbed);
}

static void render_excerpt(Render *r, SourcePos start, SourcePos end) {
    const SourceFile *file = start.file;
    // A span that ends with a newline ends on the line before.
    uint32_t last = end.line > start.line && end.byte == file->line_starts[end.line - 1] ? end.line - 1 : end.line;
    for (uint32_t number = start.line; number <= last; number++) {
        if (number - start.line == EXCERPT_LINES) {
            buf_z(&r->body, "      ...\n");
            return;
        }
        size_t from = file->line_starts[number - 1];
        size_t to = number < file->lines ? file->line_starts[number] - 1 : file->text.n;
        Str line = str_slice(file->text, from, to);
        if (str_ends(line, STR("\r"))) line.n--;
        if (from == 0 && str_starts(line, STR("\xEF\xBB\xBF"))) line = str_slice(line, 3, line.n), from = 3;
        Excerpt e = {line, start.byte > from ? start.byte - from : 0, end.byte > from ? end.byte - from : 0};
        if (e.to > line.n) e.to = line.n;
        if (e.from > e.to) e.from = e.to;
        render_line(r, number, e, number == start.line && !r->style.color);
    }
}

static void render_values(Render *r, const Diag *diag) {
    bool ascii = r->style.ascii;
    if (diag->values.n == 0) return;
    buf_z(&r->body, "    ");
    render_color(r, "90");
    buf_z(&r->body, ascii ? "|----------------" : "├────────────────");
    render_color(r, "0");
    buf_char(&r->body, '\n');
    for (uint32_t i = 0; i < diag->values.n; i++) {
        buf_z(&r->body, "    ");
        render_color(r, "90");
        buf_z(&r->body, ascii ? "| " : "│ ");
        render_color(r, "0");
        render_color(r, "1");
        render_text(r, diag->values.at[i].expression);
        render_color(r, "0");
        buf_char(&r->body, ' ');
        render_text(r, diag->values.at[i].statement);
        buf_char(&r->body, '\n');
    }
}

static void render_place(Render *r, const Diag *diag) {
    SourcePos start, end;
    bool known = source_pos(r->process, diag->subject, &start, &end);
    if (diag->address.n) {
        buf_z(&r->body, "  with ");
        render_text(r, diag->address);
        render_text(r, diag->path);
        buf_z(&r->body, known ? ",\n" : "\n");
    }
    if (known) {
        buf_z(&r->body, "  on ");
        render_text(r, start.file->path);
        buf_format(&r->body, " line %u", start.line);
        Str title = context_title(r->process, diag);
        if (title.n) {
            buf_z(&r->body, ", in ");
            render_text(r, title);
        }
        buf_z(&r->body, ":\n");
        render_excerpt(r, start, end);
    }
    render_values(r, diag);
    if (known || diag->address.n || diag->values.n) buf_char(&r->body, '\n');
}

// Breaks a line at its spaces; a word wider than the line stays whole. Indented lines are not prose and stay.
static void wrap_line(Buf *out, Str line, size_t width) {
    if (width == 0 || str_starts(line, STR(" "))) {
        buf_add(out, line);
        return;
    }
    size_t column = 0;
    for (Str word; line.p && str_next(&line, ' ', &word);) {
        size_t columns = utf8_width(word);
        if (column > 0 && column + 1 + columns > width) {
            buf_char(out, '\n');
            column = 0;
        } else if (column > 0) {
            buf_char(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += columns;
    }
}

static void render_detail(Render *r, Str detail) {
    // The text is scrubbed as a whole, before wrapping can cut a secret in two.
    Buf text = {0}, clean = {0};
    secret_scrub(r->process, detail, &text);
    clean_add(&clean, buf_str(&text), r->style.ascii);
    size_t gutter = r->style.ascii ? 0 : 3; // and one column that stays free
    size_t width = r->style.width > gutter ? r->style.width - gutter : 0;
    Str rest = buf_str(&clean);
    for (Str line; rest.n && str_next(&rest, '\n', &line);) {
        wrap_line(&r->body, line, width);
        buf_char(&r->body, '\n');
    }
    buf_free(&text);
    buf_free(&clean);
}

static void gutter_add(Buf *out, const Diag *diag, DiagStyle style, const char *mark) {
    if (style.color)
        buf_format(out, "\x1b[%sm%s\x1b[0m", severity_color(diag), mark);
    else
        buf_z(out, mark);
}

void diag_render(Process *process, const Diag *diag, DiagStyle style, Buf *out) {
    Render r = {process, style, {0}};
    render_color(&r, "1");
    render_color(&r, severity_color(diag));
    buf_z(&r.body, diag->severity == SEV_ERROR ? "Error: " : "Warning: ");
    render_color(&r, "0");
    render_color(&r, "1");
    render_text(&r, diag->summary);
    render_color(&r, "0");
    buf_z(&r.body, "\n\n");
    render_place(&r, diag);
    render_detail(&r, diag->detail);

    // One empty line at most divides the parts, and none is last.
    while (r.body.n > 1 && r.body.p[r.body.n - 1] == '\n' && r.body.p[r.body.n - 2] == '\n') r.body.n--;
    if (style.ascii) {
        buf_add(out, buf_str(&r.body));
        buf_free(&r.body);
        return;
    }
    gutter_add(out, diag, style, "╷");
    buf_char(out, '\n');
    Str rest = str_make(r.body.p, r.body.n - 1);
    for (Str line; str_next(&rest, '\n', &line);) {
        gutter_add(out, diag, style, "│");
        if (line.n) buf_char(out, ' ');
        buf_add(out, line);
        buf_char(out, '\n');
    }
    gutter_add(out, diag, style, "╵");
    buf_char(out, '\n');
    buf_free(&r.body);
}
