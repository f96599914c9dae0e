// Types as text: for messages, as expressions, as JSON.
#include "engine/value/json.h"
#include "engine/value/render.h"
#include "engine/value/type_table.h"

#include <stdlib.h>

static void friendly(const Type *t, bool constraint, Buf *out) {
    switch ((TypeKind)t->kind) {
    case TYPE_DYNAMIC: buf_z(out, constraint ? "any type" : "dynamic"); return;
    case TYPE_STRING: buf_z(out, "string"); return;
    case TYPE_NUMBER: buf_z(out, "number"); return;
    case TYPE_BOOL: buf_z(out, "bool"); return;
    case TYPE_TUPLE: buf_z(out, "tuple"); return;
    case TYPE_OBJECT: buf_z(out, "object"); return;
    case TYPE_LIST: buf_z(out, "list of "); break;
    case TYPE_SET: buf_z(out, "set of "); break;
    case TYPE_MAP: buf_z(out, "map of "); break;
    }
    if (constraint && t->elem->kind == TYPE_DYNAMIC)
        buf_z(out, "any single type");
    else
        friendly(t->elem, constraint, out);
}

void type_friendly(const Type *t, Buf *out) { friendly(t, false, out); }

void type_friendly_constraint(const Type *t, Buf *out) { friendly(t, true, out); }

static bool is_identifier(Str s) {
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!letter && c != '_' && c < 0x80 && (i == 0 || !((c >= '0' && c <= '9') || c == '-'))) return false;
    }
    return true;
}

static void print_object(const Type *t, Buf *out) {
    buf_z(out, "object({");
    for (uint32_t i = 0; i < t->n; i++) {
        Str name = name_str(t->names[i]);
        bool optional = t->optional && t->optional[i];
        buf_z(out, i ? ", " : " ");
        if (is_identifier(name))
            buf_add(out, name);
        else
            render_string(name, out);
        buf_z(out, optional ? " = optional(" : " = ");
        type_print(t->types[i], out);
        if (optional) buf_char(out, ')');
    }
    buf_z(out, t->n ? " })" : "})");
}

void type_print(const Type *t, Buf *out) {
    switch ((TypeKind)t->kind) {
    case TYPE_DYNAMIC: buf_z(out, "any"); return;
    case TYPE_STRING: buf_z(out, "string"); return;
    case TYPE_NUMBER: buf_z(out, "number"); return;
    case TYPE_BOOL: buf_z(out, "bool"); return;
    case TYPE_OBJECT: print_object(t, out); return;
    case TYPE_TUPLE:
        buf_z(out, "tuple([");
        for (uint32_t i = 0; i < t->n; i++) {
            if (i) buf_z(out, ", ");
            type_print(t->types[i], out);
        }
        buf_z(out, "])");
        return;
    case TYPE_LIST: buf_z(out, "list("); break;
    case TYPE_SET: buf_z(out, "set("); break;
    case TYPE_MAP: buf_z(out, "map("); break;
    }
    type_print(t->elem, out);
    buf_char(out, ')');
}

static void names_to_json(const Type *t, Buf *out) {
    bool first = true;
    for (uint32_t i = 0; i < t->n; i++) {
        if (!t->optional[i]) continue;
        buf_z(out, first ? ",[" : ",");
        json_escape(out, name_str(t->names[i]), true);
        first = false;
    }
    buf_char(out, ']');
}

static void structural_to_json(const Type *t, Buf *out) {
    bool object = t->kind == TYPE_OBJECT;
    buf_z(out, object ? "[\"object\",{" : "[\"tuple\",[");
    for (uint32_t i = 0; i < t->n; i++) {
        if (i) buf_char(out, ',');
        if (object) {
            json_escape(out, name_str(t->names[i]), true);
            buf_char(out, ':');
        }
        type_to_json(t->types[i], out);
    }
    buf_char(out, object ? '}' : ']');
    if (t->optional) names_to_json(t, out);
    buf_char(out, ']');
}

void type_to_json(const Type *t, Buf *out) {
    switch ((TypeKind)t->kind) {
    case TYPE_DYNAMIC: buf_z(out, "\"dynamic\""); return;
    case TYPE_STRING: buf_z(out, "\"string\""); return;
    case TYPE_NUMBER: buf_z(out, "\"number\""); return;
    case TYPE_BOOL: buf_z(out, "\"bool\""); return;
    case TYPE_TUPLE:
    case TYPE_OBJECT: structural_to_json(t, out); return;
    case TYPE_LIST: buf_z(out, "[\"list\","); break;
    case TYPE_SET: buf_z(out, "[\"set\","); break;
    case TYPE_MAP: buf_z(out, "[\"map\","); break;
    }
    type_to_json(t->elem, out);
    buf_char(out, ']');
}

// Reading. The scratch holds what is collected; the types themselves go to the process.
typedef struct TypeReader {
    Process *p;
    Arena *scratch;
    JsonReader json;
} TypeReader;

static const Type *read_type(TypeReader *r, JsonToken token);

static const Type *read_basic(TypeReader *r) {
    Str name = r->json.string;
    if (str_eqz(name, "string")) return type_string(r->p);
    if (str_eqz(name, "number")) return type_number(r->p);
    if (str_eqz(name, "bool")) return type_bool(r->p);
    if (str_eqz(name, "dynamic")) return type_dynamic(r->p);
    return NULL;
}

typedef struct Fields {
    VEC(TypeField) list;
} Fields;

static bool read_fields(TypeReader *r, Fields *fields) {
    if (json_next(&r->json) != JSON_OBJECT_OPEN) return false;
    for (JsonToken token; (token = json_next(&r->json)) != JSON_OBJECT_CLOSE;) {
        if (token != JSON_KEY) return false;
        Name name = name_of(r->p, r->json.string);
        const Type *type = read_type(r, json_next(&r->json));
        if (!type) return false;
        TypeField field = {name, type, false};
        vec_push(r->scratch, &fields->list, field);
    }
    return true;
}

static int field_cmp(const void *a, const void *b) {
    return str_cmp(name_str(((const TypeField *)a)->name), name_str(((const TypeField *)b)->name));
}

static TypeField *find_field(Fields *fields, Str name) {
    uint32_t low = 0, high = fields->list.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = str_cmp(name_str(fields->list.at[middle].name), name);
        if (order == 0) return &fields->list.at[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool read_optional(TypeReader *r, Fields *fields) {
    JsonToken token;
    while ((token = json_next(&r->json)) == JSON_STRING) {
        TypeField *field = find_field(fields, r->json.string);
        if (!field) return false;
        field->optional = true;
    }
    return token == JSON_ARRAY_CLOSE && json_next(&r->json) == JSON_ARRAY_CLOSE;
}

static const Type *read_object(TypeReader *r) {
    Fields fields = {0};
    if (!read_fields(r, &fields)) return NULL;
    if (fields.list.n) qsort(fields.list.at, fields.list.n, sizeof *fields.list.at, field_cmp);
    for (uint32_t i = 1; i < fields.list.n; i++)
        if (fields.list.at[i - 1].name == fields.list.at[i].name) return NULL;
    JsonToken token = json_next(&r->json);
    if (token == JSON_ARRAY_OPEN) {
        if (!read_optional(r, &fields)) return NULL;
    } else if (token != JSON_ARRAY_CLOSE) {
        return NULL;
    }
    return type_object(r->p, fields.list.at, fields.list.n);
}

static const Type *read_tuple(TypeReader *r) {
    if (json_next(&r->json) != JSON_ARRAY_OPEN) return NULL;
    struct {
        VEC(const Type *) list;
    } types = {0};
    for (JsonToken token; (token = json_next(&r->json)) != JSON_ARRAY_CLOSE;) {
        const Type *type = read_type(r, token);
        if (!type) return NULL;
        vec_push(r->scratch, &types.list, type);
    }
    if (json_next(&r->json) != JSON_ARRAY_CLOSE) return NULL;
    return type_tuple(r->p, types.list.at, types.list.n);
}

static const Type *read_collection(TypeReader *r, const Type *make(Process *, const Type *)) {
    const Type *elem = read_type(r, json_next(&r->json));
    if (!elem || json_next(&r->json) != JSON_ARRAY_CLOSE) return NULL;
    return make(r->p, elem);
}

static const Type *read_type(TypeReader *r, JsonToken token) {
    if (token == JSON_STRING) return read_basic(r);
    if (token != JSON_ARRAY_OPEN || json_next(&r->json) != JSON_STRING) return NULL;
    Str kind = r->json.string;
    if (str_eqz(kind, "list")) return read_collection(r, type_list);
    if (str_eqz(kind, "set")) return read_collection(r, type_set);
    if (str_eqz(kind, "map")) return read_collection(r, type_map);
    if (str_eqz(kind, "object")) return read_object(r);
    if (str_eqz(kind, "tuple")) return read_tuple(r);
    return NULL;
}

const Type *type_from_json(Process *p, Str json) {
    Arena *scratch = arena_new(p, LIFE_OP, "type");
    TypeReader r = {p, scratch, json_reader(scratch, json)};
    const Type *type = read_type(&r, json_next(&r.json));
    if (type && json_next(&r.json) != JSON_END) type = NULL;
    arena_free(scratch);
    return type;
}
