// Strings, numbers and the like: in quotes, as JSON taken apart, or line by line.
#include "engine/plan/diff.h"
#include "engine/report/draw.h"
#include "engine/value/json.h"

typedef struct Text { // a string and what it is
    Str text;         // of several lines: without blanks around
    Value json;       // when it is a JSON object or array
    bool null, lines, is_json;
} Text;

static Text text_of(Arena *arena, Value v) {
    Text t = {.null = change_nil(v)};
    if (t.null) return t;
    t.text = value_str(v);
    if (t.text.n && (t.text.p[0] == '{' || t.text.p[0] == '[')) t.is_json = json_decode(arena, t.text, &t.json, NULL);
    if (!t.is_json && str_find_char(t.text, '\n') >= 0) {
        t.lines = true;
        t.text = str_trim(t.text);
    }
    return t;
}

static void draw_null(Out *out) { draw_colored(out, COLOR_GRAY, "null"); }

static void draw_simple(const Drawing *d, const Text *t) {
    if (t->null)
        draw_null(d->out);
    else
        draw_quoted(d->out, t->text);
}

static void draw_plain_value(const Drawing *d, Value v) {
    if (change_nil(v)) {
        draw_null(d->out);
    } else if (v.kind == TYPE_BOOL) {
        out_z(d->out, v.i ? "true" : "false");
    } else if (v.kind == TYPE_NUMBER) {
        if (v.bits & VALUE_BIG)
            num_print(v.num, &d->out->buf);
        else
            num_print_i64(v.i, &d->out->buf);
    }
}

static void draw_arrow(const Drawing *d) {
    out_z(d->out, " ");
    draw_colored(d->out, COLOR_YELLOW, "->");
    out_z(d->out, " ");
}

static void draw_other(const Drawing *d, const Delta *delta, DrawStyle style) {
    draw_plain_value(d, delta->action == ACTION_CREATE ? delta->after : delta->before);
    if (delta->action == ACTION_UPDATE) {
        draw_arrow(d);
        draw_plain_value(d, delta->after);
    }
    draw_null_suffix(d, delta, style);
    draw_replace_suffix(d, delta->replace, style);
}

// ---- JSON ----

static void draw_json(const Drawing *d, const Delta *delta, Value before, Value after, uint32_t indent,
                      DrawStyle style) {
    Change c = change_of(d->arena, before, after, NULL);
    c.has_before = delta->action != ACTION_CREATE;
    c.has_after = delta->action != ACTION_DELETE;
    Delta json = delta_value(d->arena, c);
    bool spaces = json.action == ACTION_NOOP && delta->action == ACTION_UPDATE;
    DrawStyle inner = style;
    inner.no_null = true;
    inner.replace = false;
    inner.show_unchanged |= spaces;
    const char *note = !spaces          ? ""
                       : delta->replace ? " # whitespace changes force replacement"
                                        : " # whitespace changes";
    Action action = delta->action == ACTION_UPDATE && !spaces ? ACTION_UPDATE : ACTION_NOOP;
    out_z(d->out, "jsonencode(");
    if (!draw_is_multiline(&json)) {
        draw_delta(d, &json, indent + 1, inner);
        out_z(d->out, ")");
        out_z(d->out, note);
        if (!spaces) draw_replace_suffix(d, delta->replace, style);
        return;
    }
    out_z(d->out, note);
    out_z(d->out, "\n");
    draw_start(d, action, indent + 1, style);
    draw_delta(d, &json, indent + 1, inner);
    if (!spaces) draw_replace_suffix(d, delta->replace, style);
    out_z(d->out, "\n");
    draw_start(d, ACTION_NOOP, indent, style);
    out_z(d->out, ")");
    draw_null_suffix(d, delta, style);
}

// ---- several lines ----

// Control characters would act on the terminal, and could hide what is shown: they are written as escapes.
static void draw_visible(Out *out, Str line) {
    size_t from = 0;
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        if ((c >= 0x20 && c != 0x7F) || c == '\t') continue;
        out_add(out, str_slice(line, from, i));
        if (c == '\r')
            out_z(out, "\\r");
        else
            out_format(out, "\\x%02x", c);
        from = i + 1;
    }
    out_add(out, str_slice(line, from, line.n));
}

static void draw_line(const Drawing *d, Action action, Str line, uint32_t indent, DrawStyle style) {
    draw_start(d, action, indent, style);
    draw_visible(d->out, line);
    out_z(d->out, "\n");
}

static void draw_lines_open(const Drawing *d, const Delta *delta, DrawStyle style) {
    out_z(d->out, "<<-EOT");
    draw_replace_suffix(d, delta->replace, style);
    out_z(d->out, "\n");
}

static void draw_lines_close(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    draw_start(d, ACTION_NOOP, indent, style);
    out_z(d->out, "EOT");
    draw_null_suffix(d, delta, style);
}

static void draw_lines(const Drawing *d, const Delta *delta, Str text, uint32_t indent, DrawStyle style) {
    draw_lines_open(d, delta, style);
    for (Str rest = text, line; str_next(&rest, '\n', &line);) draw_line(d, ACTION_NOOP, line, indent + 1, style);
    draw_lines_close(d, delta, indent, style);
}

static uint32_t lines_split(Arena *arena, StrMap *known, Str text, const Str **lines, const uint32_t **numbers) {
    uint32_t count = 1, n = 0;
    for (size_t i = 0; i < text.n; i++) count += text.p[i] == '\n';
    Str *at = ARENA_ARRAY(arena, Str, count);
    uint32_t *ids = ARENA_ARRAY(arena, uint32_t, count);
    for (Str rest = text, line; n < count && str_next(&rest, '\n', &line); n++) {
        at[n] = line;
        ids[n] = diff_number(known, line);
    }
    *lines = at;
    *numbers = ids;
    return n;
}

static void draw_lines_changed(const Drawing *d, const Delta *delta, Str before, Str after, uint32_t indent,
                               DrawStyle style) {
    StrMap known = strmap_in(d->arena);
    const Str *old, *new;
    DiffSides s = {0};
    s.before_n = lines_split(d->arena, &known, before, &old, &s.before);
    s.after_n = lines_split(d->arena, &known, after, &new, &s.after);
    DiffPair *pairs = ARENA_ARRAY(d->arena, DiffPair, s.before_n + s.after_n + 1);
    uint32_t n = diff_sequence(d->arena, &s, NULL, NULL, pairs);
    draw_lines_open(d, delta, style);
    for (uint32_t i = 0; i < n; i++) {
        Action action = pairs[i].before == DIFF_NONE  ? ACTION_CREATE
                        : pairs[i].after == DIFF_NONE ? ACTION_DELETE
                                                      : ACTION_NOOP;
        draw_line(d, action, action == ACTION_CREATE ? new[pairs[i].after] : old[pairs[i].before], indent + 1, style);
    }
    draw_lines_close(d, delta, indent, style);
}

// ---- strings ----

static void draw_string(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    Value v = delta->action == ACTION_DELETE ? delta->before : delta->after;
    Text t = text_of(d->arena, v);
    Value none = {.kind = TYPE_DYNAMIC, .bits = VALUE_NULL};
    if (t.is_json) {
        draw_json(d, delta, delta->action == ACTION_CREATE ? none : t.json,
                  delta->action == ACTION_DELETE ? none : t.json, indent, style);
    } else if (t.lines) {
        draw_lines(d, delta, t.text, indent, style);
    } else {
        draw_simple(d, &t);
        if (!t.null) draw_null_suffix(d, delta, style);
        draw_replace_suffix(d, delta->replace, style);
    }
}

// JSON to something else or back: both in full.
static void draw_json_change(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    Delta before = *delta, after = *delta;
    before.action = ACTION_DELETE;
    after.action = ACTION_CREATE;
    before.replace = after.replace = false;
    style.no_null = true;
    draw_string(d, &before, indent, style);
    draw_arrow(d);
    draw_string(d, &after, indent, style);
}

static void draw_string_change(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    Text before = text_of(d->arena, delta->before), after = text_of(d->arena, delta->after);
    if (before.is_json && after.is_json) {
        draw_json(d, delta, before.json, after.json, indent, style);
    } else if (before.is_json || after.is_json) {
        draw_json_change(d, delta, indent, style);
    } else if (!before.lines && !after.lines) {
        draw_simple(d, &before);
        draw_arrow(d);
        draw_simple(d, &after);
        draw_replace_suffix(d, delta->replace, style);
    } else if (before.null || after.null) {
        draw_json_change(d, delta, indent, style);
    } else {
        draw_lines_changed(d, delta, before.text, after.text, indent, style);
    }
}

void draw_text(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    if (delta->text != TYPE_STRING)
        draw_other(d, delta, style);
    else if (delta->action == ACTION_UPDATE)
        draw_string_change(d, delta, indent, style);
    else
        draw_string(d, delta, indent, style);
}
