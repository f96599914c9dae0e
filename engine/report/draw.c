#include "engine/report/draw.h"

#include "engine/base/utf8.h"
#include "engine/value/quote.h"

// ---- small pieces ----

void draw_color(Out *out, Color color) {
    if (out->color) out_format(out, "\033[%dm", (int)color);
}

void draw_plain(Out *out) {
    if (out->color) out_z(out, "\033[0m");
}

void draw_colored(Out *out, Color color, const char *text) {
    draw_color(out, color);
    out_z(out, text);
    draw_plain(out);
}

void draw_indent(Out *out, uint32_t indent) {
    static const char spaces[] = "                                                                ";
    for (size_t left = (size_t)indent * 4; left > 0;) {
        size_t n = left < sizeof spaces - 1 ? left : sizeof spaces - 1;
        out_add(out, str_make(spaces, n));
        left -= n;
    }
}

void draw_symbol(Out *out, Action action) {
    switch (action) {
    case ACTION_NOOP: out_z(out, "   "); return;
    case ACTION_READ:
        out_z(out, " ");
        draw_colored(out, COLOR_CYAN, "<=");
        return;
    case ACTION_DELETE_THEN_CREATE:
        draw_colored(out, COLOR_RED, "-");
        out_z(out, "/");
        draw_colored(out, COLOR_GREEN, "+");
        return;
    case ACTION_CREATE_THEN_DELETE:
        draw_colored(out, COLOR_GREEN, "+");
        out_z(out, "/");
        draw_colored(out, COLOR_RED, "-");
        return;
    case ACTION_FORGET_THEN_CREATE:
        draw_colored(out, COLOR_RED, ".");
        out_z(out, "/");
        draw_colored(out, COLOR_GREEN, "+");
        return;
    case ACTION_CREATE:
    case ACTION_UPDATE:
    case ACTION_DELETE:
    case ACTION_FORGET: break;
    }
    out_z(out, "  ");
    if (action == ACTION_CREATE)
        draw_colored(out, COLOR_GREEN, "+");
    else if (action == ACTION_UPDATE)
        draw_colored(out, COLOR_YELLOW, "~");
    else
        draw_colored(out, COLOR_RED, action == ACTION_DELETE ? "-" : ".");
}

void draw_start(const Drawing *d, Action action, uint32_t indent, DrawStyle style) {
    draw_indent(d->out, indent);
    if (style.no_symbols) return;
    draw_symbol(d->out, action);
    out_z(d->out, " ");
}

void draw_null_suffix(const Drawing *d, const Delta *delta, DrawStyle style) {
    if (style.no_null || delta->action != ACTION_DELETE) return;
    out_z(d->out, " ");
    draw_colored(d->out, COLOR_GRAY, "-> null");
}

void draw_replace_suffix(const Drawing *d, bool replace, DrawStyle style) {
    if (!replace && !style.replace) return;
    out_z(d->out, " ");
    draw_colored(d->out, COLOR_RED, "# forces replacement");
}

static bool name_plain(Str name) {
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-'))) return false;
    }
    return name.n > 0;
}

void draw_quoted(Out *out, Str text) {
    quote_go(text, &out->buf);
    out_add(out, STR(""));
}

uint32_t draw_quoted_width(Str text) {
    Buf b = {0};
    quote_go(text, &b);
    uint32_t n = (uint32_t)utf8_width(buf_str(&b));
    buf_free(&b);
    return n;
}

void draw_name(Out *out, Str name) {
    if (name_plain(name))
        out_add(out, name);
    else
        draw_quoted(out, name);
}

uint32_t draw_name_width(Str name) {
    if (!name_plain(name)) return draw_quoted_width(name);
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] >= 0x80) return (uint32_t)utf8_width(name);
    return (uint32_t)name.n;
}

static void draw_pad(Out *out, uint32_t have, uint32_t want) {
    for (; have < want; have++) out_z(out, " ");
}

static void draw_hidden(const Drawing *d, uint32_t count, const char *what, uint32_t indent, DrawStyle style) {
    if (count == 0 || d->options->concise) return;
    draw_start(d, ACTION_NOOP, indent, style);
    draw_color(d->out, COLOR_GRAY);
    out_format(d->out, "# (%u unchanged %s%s hidden)", count, what, count == 1 ? "" : "s");
    draw_plain(d->out);
    out_z(d->out, "\n");
}

void draw_warnings(const Drawing *d, const Delta *delta, uint32_t indent) {
    bool block = delta->kind == DELTA_SENSITIVE_BLOCK;
    if (delta->kind != DELTA_SENSITIVE && !block) return;
    uint8_t inner = delta->parts[0].action;
    if (delta->before_sensitive == delta->after_sensitive || inner == ACTION_CREATE || inner == ACTION_DELETE) return;
    const char *what = block ? "block" : "attribute value";
    draw_indent(d->out, indent);
    out_z(d->out, "  # ");
    draw_colored(d->out, COLOR_YELLOW, "Warning");
    out_format(d->out,
               delta->before_sensitive ? ": this %s will no longer be marked as sensitive\n"
                                       : ": this %s will be marked as sensitive and will not\n",
               what);
    draw_indent(d->out, indent);
    out_z(d->out, delta->before_sensitive ? "  # after applying this change."
                                          : "  # display in UI output after applying this change.");
    if (!block && inner == ACTION_NOOP) out_z(d->out, " The value is unchanged.");
    out_z(d->out, "\n");
}

// ---- keyed ----

// Attributes that tell what is looked at, changed or not.
static bool key_important(Str key) { return str_eqz(key, "id") || str_eqz(key, "name") || str_eqz(key, "tags"); }

typedef struct Keyed { // how the parts of a keyed value are drawn
    bool quoted;       // keys always in quotes
    bool aligned;
    bool important; // some keys are always shown
    bool commas;    // after objects
    const char *hidden;
} Keyed;

static uint32_t key_width(const Keyed *k, Str key) { return k->quoted ? draw_quoted_width(key) : draw_name_width(key); }

static void draw_keyed_part(const Drawing *d, const Delta *part, Str key, const Keyed *k, uint32_t width,
                            uint32_t indent, DrawStyle style) {
    draw_warnings(d, part, indent);
    draw_start(d, part->action, indent, style);
    if (k->quoted)
        draw_quoted(d->out, key);
    else
        draw_name(d->out, key);
    if (k->aligned) draw_pad(d->out, key_width(k, key), width);
    out_z(d->out, " = ");
    draw_delta(d, part, indent, style);
    bool object = part->kind == DELTA_OBJECT || part->kind == DELTA_NESTED_OBJECT;
    if (part->kind == DELTA_SAME && part->same)
        object = (part->same->nested && part->same->nesting <= NEST_GROUP) ||
                 (part->same->type && part->same->type->kind == TYPE_OBJECT);
    out_z(d->out, k->commas && object ? ",\n" : "\n");
}

static void draw_parts(const Drawing *d, const Delta *delta, const Keyed *k, uint32_t indent, DrawStyle own,
                       DrawStyle style) {
    uint32_t width = 0, hidden = 0;
    for (uint32_t i = 0; k->aligned && i < delta->n; i++) {
        uint32_t w = key_width(k, delta->keys[i]);
        if (w > width) width = w;
    }
    for (uint32_t i = 0; i < delta->n; i++) {
        const Delta *part = &delta->parts[i];
        bool important = k->important && key_important(delta->keys[i]) && !d->options->concise;
        if (part->action == ACTION_NOOP && !own.show_unchanged && !important) {
            hidden++;
            continue;
        }
        DrawStyle s = style;
        s.show_unchanged |= important;
        draw_keyed_part(d, part, delta->keys[i], k, width, indent, s);
    }
    draw_hidden(d, hidden, k->hidden, indent, own);
}

static void draw_close(const Drawing *d, char bracket, const Delta *delta, uint32_t indent, DrawStyle style) {
    draw_start(d, ACTION_NOOP, indent, style);
    out_add(d->out, str_make(&bracket, 1));
    draw_null_suffix(d, delta, style);
}

static bool draw_empty(const Drawing *d, const Delta *delta, const char *brackets, bool replace, DrawStyle style) {
    if (delta->n > 0) return false;
    out_z(d->out, brackets);
    draw_null_suffix(d, delta, style);
    draw_replace_suffix(d, replace, style);
    return true;
}

static void draw_object(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    static const Keyed keyed = {.aligned = true, .important = true, .hidden = "attribute"};
    if (draw_empty(d, delta, "{}", delta->replace, style)) return;
    DrawStyle part = style;
    part.replace = false;
    part.no_null = delta->kind == DELTA_OBJECT;
    out_z(d->out, "{");
    draw_replace_suffix(d, delta->replace, style);
    out_z(d->out, "\n");
    draw_parts(d, delta, &keyed, indent + 1, style, part);
    draw_close(d, '}', delta, indent, style);
}

static void draw_map(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    bool nested = delta->kind == DELTA_NESTED_MAP;
    Keyed keyed = {.quoted = true, .aligned = !nested, .commas = true, .hidden = "element"};
    bool self = delta->replace && !nested;
    if (draw_empty(d, delta, "{}", self, style)) return;
    DrawStyle part = style;
    part.no_null = nested || delta->action == ACTION_DELETE;
    part.replace = delta->replace && nested;
    out_z(d->out, "{");
    draw_replace_suffix(d, self, style);
    out_z(d->out, "\n");
    draw_parts(d, delta, &keyed, indent + 1, style, part);
    draw_close(d, '}', delta, indent, style);
}

// ---- elements ----

static void draw_element(const Drawing *d, const Delta *part, uint32_t indent, DrawStyle style) {
    draw_warnings(d, part, indent);
    draw_start(d, part->action, indent, style);
    draw_delta(d, part, indent, style);
    out_z(d->out, ",\n");
}

static void draw_set(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    bool nested = delta->kind == DELTA_NESTED_SET, self = delta->replace && !nested;
    if (draw_empty(d, delta, "[]", self, style)) return;
    DrawStyle part = style;
    part.no_null = true;
    part.replace = delta->replace && nested;
    uint32_t hidden = 0;
    out_z(d->out, "[");
    draw_replace_suffix(d, self, style);
    out_z(d->out, "\n");
    for (uint32_t i = 0; i < delta->n; i++) {
        if (delta->parts[i].action == ACTION_NOOP && !style.show_unchanged) {
            hidden++;
            continue;
        }
        DrawStyle s = part;
        s.show_unchanged |= delta->parts[i].paired && !d->options->concise; // else nobody knows which one it is
        draw_element(d, &delta->parts[i], indent + 1, s);
    }
    draw_hidden(d, hidden, "element", indent + 1, style);
    draw_close(d, ']', delta, indent, style);
}

// Order matters in a list: the unchanged neighbours of a change are shown.
static void draw_list_parts(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle own, DrawStyle changed,
                            DrawStyle same) {
    bool context = delta->kind == DELTA_LIST && !d->options->concise, next = false;
    uint32_t hidden = 0;
    const Delta *last = NULL;
    for (uint32_t i = 0; i < delta->n; i++) {
        const Delta *part = &delta->parts[i];
        bool noop = part->action == ACTION_NOOP;
        if (noop && !next && !own.show_unchanged) {
            hidden++;
            last = part;
            continue;
        }
        next = false;
        if (context) {
            if (hidden) {
                draw_hidden(d, hidden - 1, "element", indent, own);
                draw_element(d, last, indent, same);
            }
            hidden = 0;
            next = !noop;
        }
        draw_element(d, part, indent, context && noop ? same : changed);
    }
    draw_hidden(d, hidden, "element", indent, own);
}

static void draw_list(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    if (draw_empty(d, delta, "[]", delta->replace, style)) return;
    DrawStyle changed = style, same = style;
    changed.no_null = true;
    changed.replace = same.replace = false;
    same.show_unchanged = true;
    out_z(d->out, "[");
    draw_replace_suffix(d, delta->replace, style);
    out_z(d->out, "\n");
    draw_list_parts(d, delta, indent + 1, style, changed, same);
    draw_close(d, ']', delta, indent, style);
}

// ---- blocks ----

typedef struct BlockDrawing {
    uint32_t hidden; // unchanged blocks
    bool spaced;     // the empty line before a group is there
} BlockDrawing;

// When all blocks of a type are sensitive together.
static bool group_hides(const DeltaGroup *g, const Delta *part) {
    if (part->action == ACTION_CREATE) return g->after_sensitive;
    if (part->action == ACTION_DELETE) return g->before_sensitive;
    return g->before_sensitive || g->after_sensitive;
}

static void draw_block_part(const Drawing *d, const Delta *parent, const DeltaGroup *g, uint32_t i, BlockDrawing *b,
                            uint32_t indent, DrawStyle style) {
    Delta hidden = {.kind = DELTA_SENSITIVE_BLOCK, .n = 1, .parts = &g->parts[i]};
    const Delta *part = &g->parts[i];
    if (group_hides(g, part)) {
        hidden.action = part->action;
        hidden.replace = part->replace;
        hidden.before_sensitive = g->before_sensitive;
        hidden.after_sensitive = g->after_sensitive;
        if (part->action == ACTION_NOOP && g->before_sensitive != g->after_sensitive) hidden.action = ACTION_UPDATE;
        part = &hidden;
    }
    if (part->action == ACTION_NOOP && !style.show_unchanged) {
        b->hidden++;
        return;
    }
    if (!b->spaced && parent->n > 0) out_z(d->out, "\n");
    b->spaced = true;
    DrawStyle s = style;
    s.replace = g->replace;
    s.show_unchanged |= part->paired && !d->options->concise;
    draw_warnings(d, part, indent);
    draw_start(d, part->action, indent, s);
    draw_name(d->out, g->name);
    out_z(d->out, " ");
    if (g->labels && g->labels[i].p) {
        draw_quoted(d->out, g->labels[i]);
        out_z(d->out, " ");
    }
    draw_delta(d, part, indent, s);
    out_z(d->out, "\n");
}

static void draw_block(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    static const Keyed keyed = {.aligned = true, .important = true, .hidden = "attribute"};
    BlockDrawing b = {0};
    DrawStyle part = style;
    part.replace = false;
    out_z(d->out, "{");
    if (delta->n == 0 && delta->group_count == 0) {
        out_z(d->out, "}");
        draw_replace_suffix(d, delta->replace, style);
        return;
    }
    draw_replace_suffix(d, delta->replace, style);
    out_z(d->out, "\n");
    draw_parts(d, delta, &keyed, indent + 1, style, part);
    for (uint32_t g = 0; g < delta->group_count; g++) {
        b.spaced = false;
        for (uint32_t i = 0; i < delta->groups[g].n; i++)
            draw_block_part(d, delta, &delta->groups[g], i, &b, indent + 1, part);
    }
    if (b.hidden && !d->options->concise) out_z(d->out, "\n");
    draw_hidden(d, b.hidden, "block", indent + 1, style);
    draw_start(d, ACTION_NOOP, indent, style);
    out_z(d->out, "}");
}

static void draw_sensitive_block(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    out_z(d->out, "{");
    draw_replace_suffix(d, delta->replace, style);
    out_z(d->out, "\n");
    draw_start(d, ACTION_NOOP, indent, style);
    out_z(d->out, "  # At least one attribute in this block is (or was) sensitive,\n");
    draw_start(d, ACTION_NOOP, indent, style);
    out_z(d->out, "  # so its contents will not be displayed.\n");
    draw_start(d, ACTION_NOOP, indent, style);
    out_z(d->out, "}");
}

// ---- the rest ----

static void draw_sensitive(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    if (d->options->show_sensitive) {
        draw_delta(d, &delta->parts[0], indent, style);
        return;
    }
    out_z(d->out, "(sensitive value)");
    draw_null_suffix(d, delta, style);
    draw_replace_suffix(d, delta->replace, style);
}

static void draw_unknown(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    if (delta->n) {
        DrawStyle before = style;
        before.no_null = true;
        before.replace = false;
        draw_delta(d, &delta->parts[0], indent, before);
        out_z(d->out, " -> ");
    }
    out_z(d->out, "(known after apply)");
    draw_replace_suffix(d, delta->replace, style);
}

static void draw_type_change(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    style.no_null = true;
    draw_delta(d, &delta->parts[0], indent, style);
    out_z(d->out, " ");
    draw_colored(d->out, COLOR_YELLOW, "->");
    out_z(d->out, " ");
    draw_delta(d, &delta->parts[1], indent, style);
}

void draw_delta(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style) {
    switch ((DeltaKind)delta->kind) {
    case DELTA_SAME: {
        Delta whole = delta_expand(d->arena, delta);
        draw_delta(d, &whole, indent, style);
        return;
    }
    case DELTA_TEXT: draw_text(d, delta, indent, style); return;
    case DELTA_LIST:
    case DELTA_NESTED_LIST: draw_list(d, delta, indent, style); return;
    case DELTA_SET:
    case DELTA_NESTED_SET: draw_set(d, delta, indent, style); return;
    case DELTA_MAP:
    case DELTA_NESTED_MAP: draw_map(d, delta, indent, style); return;
    case DELTA_OBJECT:
    case DELTA_NESTED_OBJECT: draw_object(d, delta, indent, style); return;
    case DELTA_BLOCK: draw_block(d, delta, indent, style); return;
    case DELTA_UNKNOWN: draw_unknown(d, delta, indent, style); return;
    case DELTA_SENSITIVE: draw_sensitive(d, delta, indent, style); return;
    case DELTA_SENSITIVE_BLOCK:
        if (d->options->show_sensitive)
            draw_delta(d, &delta->parts[0], indent, style);
        else
            draw_sensitive_block(d, delta, indent, style);
        return;
    case DELTA_TYPE_CHANGE: draw_type_change(d, delta, indent, style); return;
    case DELTA_WRITE_ONLY:
        out_z(d->out, "(write-only attribute)");
        draw_replace_suffix(d, delta->replace, style);
        draw_null_suffix(d, delta, style);
        return;
    }
}

bool draw_is_multiline(const Delta *delta) {
    if (delta->kind == DELTA_TYPE_CHANGE)
        return draw_is_multiline(&delta->parts[0]) || draw_is_multiline(&delta->parts[1]);
    if (delta->kind == DELTA_TEXT) return false;
    return delta->kind == DELTA_SAME || delta->n > 0;
}
