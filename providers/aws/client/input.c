// Values of a request on their way to the wire: the checks and conversions that all protocols share.
#include "providers/aws/client/protocol.h"

#include "engine/base/clock.h"
#include "providers/aws/client/text.h"

bool wire_problem(AwsWire *wire, const char *format, ...) {
    Buf text = buf_in(wire->arena);
    va_list args;
    va_start(args, format);
    buf_z(&text, ": ");
    buf_vformat(&text, format, args);
    va_end(args);
    wire->problem = buf_str(&text);
    return false;
}

bool wire_problem_in(AwsWire *wire, Str member) {
    Str dot = wire->problem.n && wire->problem.p[0] != ':' && wire->problem.p[0] != '[' ? STR(".") : STR_NONE;
    wire->problem = str_format(wire->arena, "%.*s%.*s%.*s", STR_ARG(member), STR_ARG(dot), STR_ARG(wire->problem));
    return false;
}

bool wire_problem_at(AwsWire *wire, uint32_t index) {
    const char *dot = wire->problem.n && wire->problem.p[0] != ':' && wire->problem.p[0] != '[' ? "." : "";
    wire->problem = str_format(wire->arena, "[%u]%s%.*s", index, dot, STR_ARG(wire->problem));
    return false;
}

void wire_header(AwsWire *wire, Str name, Str value) {
    HttpHeader header = {name, value};
    vec_push(wire->arena, &wire->headers, header);
}

bool wire_has_header(const AwsWire *wire, Str name) {
    for (uint32_t i = 0; i < wire->headers.n; i++)
        if (text_same(wire->headers.at[i].name, name)) return true;
    return false;
}

static const char *what_is(Value v) {
    static const char *const names[] = {
        "a value of no type", "a string", "a number", "a bool", "a list", "a set", "a map", "a tuple", "an object"};
    if (value_is_unknown(v)) return "a value that is not known yet";
    return names[v.kind];
}

static bool is_member(const AwsShape *shape, Str name) {
    for (uint32_t i = 0; i < shape->n; i++)
        if (str_eq(name_str(shape->members[i].name), name)) return true;
    return false;
}

bool input_is_structure(AwsWire *wire, const AwsShape *shape, Value v) {
    if (value_is_set(v) && v.kind == TYPE_OBJECT) {
        for (uint32_t i = 0; i < v.n; i++) {
            if (shape_index(shape->object, v.obj->shape->names[i]) >= 0 || value_is_null(v.obj->at[i])) continue;
            return wire_problem(wire, "there is no member \"%s\" in %s", v.obj->shape->names[i]->text,
                                shape->name->text);
        }
        return true;
    }
    if (value_is_set(v) && v.kind == TYPE_MAP) {
        for (uint32_t i = 0; i < v.n; i++)
            if (!is_member(shape, v.map->at[i].key))
                return wire_problem(wire, "there is no member \"%.*s\" in %s", STR_ARG(v.map->at[i].key),
                                    shape->name->text);
        return true;
    }
    return wire_problem(wire, "an object is needed, not %s", what_is(v));
}

bool input_member(AwsWire *wire, const AwsMember *member, Value structure, Value *out) {
    const Value *found = value_get_str(structure, name_str(member->name));
    if (found && !value_is_null(*found)) {
        *out = *found;
        return true;
    }
    if (!member->idempotency_token) return false;
    char token[37];
    process_uuid(arena_process(wire->arena), token);
    *out = value_string(wire->arena, str_of(token));
    return true;
}

bool input_list(AwsWire *wire, Value v, const Value **at, uint32_t *n) {
    bool list = v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE;
    if (!value_is_set(v) || !list) return wire_problem(wire, "a list is needed, not %s", what_is(v));
    *at = value_elements(v);
    *n = v.n;
    return true;
}

bool input_map(AwsWire *wire, Value v, MapItem **at, uint32_t *n) {
    if (!value_is_set(v) || (v.kind != TYPE_MAP && v.kind != TYPE_OBJECT))
        return wire_problem(wire, "a map is needed, not %s", what_is(v));
    MapItem *items = ARENA_ARRAY(wire->arena, MapItem, v.n);
    *n = 0;
    for (uint32_t i = 0; i < v.n; i++) {
        MapItem item = v.kind == TYPE_MAP ? v.map->at[i] : (MapItem){name_str(v.obj->shape->names[i]), v.obj->at[i]};
        if (!value_is_null(item.value)) items[(*n)++] = item;
    }
    *at = items;
    return true;
}

static bool text_of(AwsWire *wire, Value v, Str *out) {
    Buf text = buf_in(wire->arena);
    switch (value_is_set(v) ? v.kind : TYPE_DYNAMIC) {
    case TYPE_STRING: *out = value_str(v); return true;
    case TYPE_BOOL: *out = v.i ? STR("true") : STR("false"); return true;
    case TYPE_NUMBER:
        num_print(value_number(wire->arena, v), &text);
        *out = buf_str(&text);
        return true;
    default: return wire_problem(wire, "a string is needed, not %s", what_is(v));
    }
}

static bool is_number_text(AwsWire *wire, Str s) { return num_parse(wire->arena, s, NUM_PRECISION_TEXT) != NULL; }

static bool is_odd_number(Str s) { return str_eqz(s, "NaN") || str_eqz(s, "Infinity") || str_eqz(s, "-Infinity"); }

bool input_text(AwsWire *wire, const AwsMember *member, Value v, AwsTime form, Str *out) {
    Str text;
    if (!text_of(wire, v, &text)) return false;
    *out = text;
    switch (member->shape->kind) {
    case AWS_BOOLEAN:
        if (str_eqz(text, "true") || str_eqz(text, "false")) return true;
        return wire_problem(wire, "a bool is needed, not \"%.*s\"", STR_ARG(text));
    case AWS_INTEGER:
    case AWS_DOUBLE:
        if (is_number_text(wire, text) || (member->shape->kind == AWS_DOUBLE && is_odd_number(text))) return true;
        return wire_problem(wire, "a number is needed, not \"%.*s\"", STR_ARG(text));
    case AWS_TIMESTAMP: {
        int64_t ns;
        if (!text_time_parse(text, &ns)) return wire_problem(wire, "a time is needed, not \"%.*s\"", STR_ARG(text));
        Buf time = buf_in(wire->arena);
        text_time(&time, member->time == AWS_TIME_DEFAULT ? form : member->time, ns);
        *out = buf_str(&time);
        return true;
    }
    default: return true;
    }
}

bool input_blob(AwsWire *wire, Value v, Str *out) {
    Str text;
    if (!text_of(wire, v, &text)) return false;
    if (text_base64_decode(wire->arena, text, out)) return true;
    return wire_problem(wire, "bytes in base64 are needed");
}
