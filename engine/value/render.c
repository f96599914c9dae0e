// Fact sources: opentofu internal/repl/format.go, internal/command/jsonentities/diagnostic.go.
#include "engine/value/render.h"

#include "engine/value/marks.h"
#include "engine/value/number_text.h"
#include "engine/value/quote.h"
#include "engine/value/type_table.h"

static void render_null(const Type *type, Buf *out) {
    const char *before = NULL;
    switch ((TypeKind)type->kind) {
    case TYPE_DYNAMIC: buf_z(out, "null"); return;
    case TYPE_STRING: buf_z(out, "tostring(null)"); return;
    case TYPE_NUMBER: buf_z(out, "tonumber(null)"); return;
    case TYPE_BOOL: buf_z(out, "tobool(null)"); return;
    case TYPE_LIST: before = "tolist(null) /* of "; break;
    case TYPE_SET: before = "toset(null) /* of "; break;
    case TYPE_MAP: before = "tomap(null) /* of "; break;
    case TYPE_TUPLE:
    case TYPE_OBJECT: before = "null /* "; break;
    }
    buf_z(out, before);
    type_friendly(type_is_collection(type) ? type->elem : type, out);
    buf_z(out, " */");
}

static void render_line(Str line, uint32_t indent, Buf *out) {
    buf_char(out, '\n');
    buf_fill(out, ' ', indent);
    buf_add(out, line);
}

// A delimiter that is on no line of the text alone.
static void heredoc_delimiter(Str text, Buf *delimiter) {
    buf_z(delimiter, "EOT");
    for (bool taken = true; taken;) {
        taken = false;
        Str rest = text, line;
        while (!taken && str_next(&rest, '\n', &line)) taken = str_eq(str_trim(line), buf_str(delimiter));
        if (taken) buf_char(delimiter, '_');
    }
}

static void render_heredoc(Str text, uint32_t indent, Buf *out) {
    Buf delimiter = {0};
    heredoc_delimiter(text, &delimiter);
    buf_z(out, indent > 0 ? "<<-" : "<<");
    buf_add(out, buf_str(&delimiter));
    Str rest = text, line;
    while (str_next(&rest, '\n', &line)) render_line(line, indent, out);
    render_line(buf_str(&delimiter), indent, out);
    buf_free(&delimiter);
}

static void render_text(Str text, uint32_t indent, Buf *out) {
    if (str_find_char(text, '\n') >= 0)
        render_heredoc(text, indent, out);
    else
        quote_go(text, out);
}

static void render_parts(Process *p, Value v, uint32_t indent, Buf *out) {
    bool keyed = v.kind == TYPE_OBJECT || v.kind == TYPE_MAP;
    buf_char(out, keyed ? '{' : '[');
    for (uint32_t i = 0; i < v.n; i++) {
        render_line(STR_NONE, indent + 2, out);
        if (keyed) {
            render_text(v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]), indent + 2, out);
            buf_z(out, " = ");
        }
        render_value(p, value_part(v, i), indent + 2, out);
        if (!keyed) buf_char(out, ',');
    }
    if (v.n) render_line(STR_NONE, indent, out);
    buf_char(out, keyed ? '}' : ']');
}

void render_value(Process *p, Value v, uint32_t indent, Buf *out) {
    if (value_is_unknown(v)) {
        buf_z(out, "(known after apply)");
    } else if (v.marks & MARK_SENSITIVE) {
        buf_z(out, "(sensitive value)");
    } else if (v.marks & MARK_EPHEMERAL) {
        buf_z(out, "(ephemeral value)");
    } else if (value_is_null(v)) {
        render_null(v.type, out);
    } else if (v.kind == TYPE_STRING) {
        render_text(value_str(v), indent, out);
    } else if (v.kind == TYPE_NUMBER) {
        number_print(v, out);
    } else if (v.kind == TYPE_BOOL) {
        buf_z(out, v.i ? "true" : "false");
    } else {
        bool wrapped = v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_MAP;
        if (wrapped) buf_z(out, v.kind == TYPE_LIST ? "tolist(" : v.kind == TYPE_SET ? "toset(" : "tomap(");
        render_parts(p, v, indent, out);
        if (wrapped) buf_char(out, ')');
    }
}

// "list of string with 3 elements"; nothing of what is inside, which may be sensitive.
static void summary(Process *p, Value v, Buf *out) {
    if (v.kind == TYPE_OBJECT) {
        if (v.n == 0) buf_z(out, "object with no attributes");
        if (v.n > 1) buf_format(out, "object with %u attributes", v.n);
        if (v.n != 1) return;
        buf_z(out, "object with 1 attribute ");
        quote_go(name_str(v.obj->shape->names[0]), out);
        return;
    }
    if (v.n == 0) buf_z(out, "empty ");
    if (v.kind == TYPE_TUPLE)
        buf_z(out, "tuple");
    else
        type_friendly(value_type(p, v), out);
    if (v.n == 1) buf_z(out, " with 1 element");
    if (v.n > 1) buf_format(out, " with %u elements", v.n);
}

static void unknown_statement(const Unknown *unknown, Buf *out) {
    // Larger bounds distract.
    const uint32_t most = 1024;
    if (unknown->type->kind == TYPE_DYNAMIC) {
        buf_z(out, "will be known only after apply");
        return;
    }
    buf_z(out, "is a ");
    type_friendly(unknown->type, out);
    uint32_t low = unknown->min_length, high = unknown->max_length;
    if (type_is_collection(unknown->type)) {
        if (low == high)
            buf_format(out, " of length %u", low);
        else if (low != 0 && high <= most)
            buf_format(out, " with between %u and %u elements", low, high);
        else if (low != 0)
            buf_format(out, " with at least %u elements", low);
        else if (high <= most)
            buf_format(out, " with up to %u elements", high);
    }
    buf_z(out, ", known only after apply");
}

void render_statement(Process *p, Value v, Buf *out) {
    if (v.marks & MARK_SENSITIVE) {
        buf_z(out, "has a sensitive value");
    } else if (v.marks & MARK_EPHEMERAL) {
        buf_z(out, "has an ephemeral value");
    } else if (value_is_unknown(v)) {
        unknown_statement(v.unk, out);
    } else if (value_is_null(v)) {
        buf_z(out, "is null");
    } else {
        buf_z(out, "is ");
        if (v.kind == TYPE_BOOL)
            buf_z(out, v.i ? "true" : "false");
        else if (v.kind == TYPE_NUMBER)
            number_print_short(v, out);
        else if (v.kind == TYPE_STRING)
            quote_go(value_str(v), out);
        else
            summary(p, v, out);
    }
}

bool render_statement_for(Process *p, Value v, bool about_unknown, bool about_secret, Buf *out) {
    bool secret = v.marks & (MARK_SENSITIVE | MARK_EPHEMERAL);
    if (secret && !about_secret) return false;
    if (!secret && value_is_unknown(v) && !about_unknown) {
        if (v.kind == TYPE_DYNAMIC) return false;
        buf_z(out, "is a ");
        type_friendly(v.unk->type, out);
        return true;
    }
    render_statement(p, v, out);
    return true;
}
