// JSON bodies by shape, and the protocol that is nothing but such a body.
#include "engine/base/limits.h"
#include "engine/value/json.h"
#include "providers/aws/client/protocol.h"
#include "providers/aws/client/text.h"

// --- writing ---

typedef struct BodyWriter {
    AwsWire *wire;
    JsonWriter json;
    uint32_t depth;
} BodyWriter;

static bool write_value(BodyWriter *w, const AwsMember *member, Value v);

static bool write_structure(BodyWriter *w, const AwsShape *shape, Value v) {
    if (!input_is_structure(w->wire, shape, v)) return false;
    json_open_object(&w->json);
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        Value member;
        if (m->location != AWS_IN_BODY || !input_member(w->wire, m, v, &member)) continue;
        json_key(&w->json, member_wire_name(m));
        if (!write_value(w, m, member)) return wire_problem_in(w->wire, name_str(m->name));
    }
    json_close_object(&w->json);
    return true;
}

static bool write_list(BodyWriter *w, const AwsMember *element, Value v) {
    const Value *at;
    uint32_t n;
    if (!input_list(w->wire, v, &at, &n)) return false;
    json_open_array(&w->json);
    for (uint32_t i = 0; i < n; i++) {
        if (value_is_null(at[i]))
            json_null(&w->json);
        else if (!write_value(w, element, at[i]))
            return wire_problem_at(w->wire, i);
    }
    json_close_array(&w->json);
    return true;
}

static bool write_map(BodyWriter *w, const AwsMember *member, Value v) {
    MapItem *items;
    uint32_t n;
    if (!input_map(w->wire, v, &items, &n)) return false;
    json_open_object(&w->json);
    for (uint32_t i = 0; i < n; i++) {
        json_key(&w->json, items[i].key);
        if (!write_value(w, member, items[i].value)) return wire_problem_in(w->wire, items[i].key);
    }
    json_close_object(&w->json);
    return true;
}

// Numbers as they are written, never through a double.
static bool write_scalar(BodyWriter *w, const AwsMember *member, Value v) {
    Str text;
    if (!input_text(w->wire, member, v, AWS_TIME_UNIX, &text)) return false;
    bool word = text.n && (text.p[0] == 'N' || text.p[0] == 'I' || text.p[text.n - 1] == 'y'); // NaN, ±Infinity
    switch (member->shape->kind) {
    case AWS_BOOLEAN: json_raw(&w->json, text); return true;
    case AWS_INTEGER: json_raw(&w->json, text); return true;
    case AWS_DOUBLE:
        if (word)
            json_string(&w->json, text);
        else
            json_raw(&w->json, text);
        return true;
    case AWS_TIMESTAMP:
        if (member->time == AWS_TIME_DEFAULT || member->time == AWS_TIME_UNIX)
            json_raw(&w->json, text);
        else
            json_string(&w->json, text);
        return true;
    default: json_string(&w->json, text); return true;
    }
}

static bool write_value(BodyWriter *w, const AwsMember *member, Value v) {
    if (w->depth >= LIMIT_VALUE_DEPTH) return wire_problem(w->wire, "nested too deeply");
    const AwsShape *shape = member->shape;
    if (shape->document) {
        if (!value_is_whole(v)) return wire_problem(w->wire, "a value that is not known yet");
        json_value(&w->json, v, NULL, JSON_IMPLIED);
        return true;
    }
    w->depth++;
    bool ok;
    switch (shape->kind) {
    case AWS_STRUCTURE: ok = write_structure(w, shape, v); break;
    case AWS_LIST: ok = write_list(w, &shape->members[0], v); break;
    case AWS_MAP: ok = write_map(w, &shape->members[1], v); break;
    default: ok = write_scalar(w, member, v);
    }
    w->depth--;
    return ok;
}

bool json_body_write(AwsWire *wire, const AwsShape *shape, Value v, Buf *out) {
    BodyWriter w = {wire, json_writer(out, 0), 0};
    AwsMember whole = {.shape = shape};
    return write_value(&w, &whole, v);
}

bool json_request(AwsWire *wire, const AwsOperation *operation, Value input) {
    const AwsModel *model = operation->model;
    Buf body = buf_in(wire->arena);
    if (!operation->input)
        buf_z(&body, "{}");
    else if (!json_body_write(wire, operation->input, input, &body))
        return false;
    wire->body = buf_str(&body);
    Str version = model->json_version.n ? model->json_version : STR("1.0");
    wire_header(wire, STR("X-Amz-Target"),
                str_format(wire->arena, "%.*s.%s", STR_ARG(model->target_prefix), operation->name->text));
    wire_header(wire, STR("Content-Type"), str_format(wire->arena, "application/x-amz-json-%.*s", STR_ARG(version)));
    if (model->query_compatible) wire_header(wire, STR("x-amzn-query-mode"), STR("true"));
    return true;
}

// --- reading ---

typedef struct BodyReader {
    Arena *arena;
    JsonReader json;
    Str *problem;
} BodyReader;

static bool read_value(BodyReader *r, const AwsMember *member, JsonToken token, Value *out);

static bool misfit(BodyReader *r, const AwsShape *shape) {
    if (r->json.error)
        *r->problem = str_format(r->arena, "the answer is not JSON: %s", r->json.error);
    else
        *r->problem = str_format(r->arena, "a member of shape %s is not of its type", shape->name->text);
    return false;
}

static const AwsMember *member_called(const AwsShape *shape, Str wire_name, uint32_t *index) {
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        if (!output_in_body(m) || !str_eq(member_wire_name(m), wire_name)) continue;
        *index = i;
        return m;
    }
    return NULL;
}

static bool read_structure(BodyReader *r, const AwsShape *shape, JsonToken token, Value *out) {
    if (token != JSON_OBJECT_OPEN) return misfit(r, shape);
    ObjectData *data = output_structure(r->arena, shape);
    while ((token = json_next(&r->json)) == JSON_KEY) {
        uint32_t i;
        const AwsMember *m = member_called(shape, r->json.string, &i);
        Str unknown;
        if (!m) {
            if (!json_skip(&r->json, &unknown)) return misfit(r, shape);
            continue;
        }
        token = json_next(&r->json);
        if (token != JSON_NULL && !read_value(r, m, token, output_member(data, shape, i))) return false;
    }
    if (token != JSON_OBJECT_CLOSE) return misfit(r, shape);
    *out = value_finish_object(r->arena, data);
    return true;
}

static bool read_list(BodyReader *r, const AwsShape *shape, JsonToken token, Value *out) {
    if (token != JSON_ARRAY_OPEN) return misfit(r, shape);
    VEC(Value) values = {0};
    while ((token = json_next(&r->json)) != JSON_ARRAY_CLOSE) {
        Value v = output_null(r->arena, shape->members[0].shape);
        if (token != JSON_NULL && !read_value(r, &shape->members[0], token, &v)) return false;
        vec_push(r->arena, &values, v);
    }
    *out = value_tuple(r->arena, values.at, values.n);
    return true;
}

static bool read_map(BodyReader *r, const AwsShape *shape, JsonToken token, Value *out) {
    if (token != JSON_OBJECT_OPEN) return misfit(r, shape);
    VEC(Name) names = {0};
    VEC(Value) values = {0};
    while ((token = json_next(&r->json)) == JSON_KEY) {
        Name name = name_of(arena_process(r->arena), r->json.string);
        token = json_next(&r->json);
        if (token == JSON_NULL) continue;
        Value v;
        if (!read_value(r, &shape->members[1], token, &v)) return false;
        vec_push(r->arena, &names, name);
        vec_push(r->arena, &values, v);
    }
    if (token != JSON_OBJECT_CLOSE) return misfit(r, shape);
    *out = value_object_of(r->arena, names.at, values.at, values.n);
    return true;
}

static bool read_scalar(BodyReader *r, const AwsMember *member, JsonToken token, Value *out) {
    AwsKind kind = member->shape->kind;
    if (token == JSON_TRUE || token == JSON_FALSE) {
        *out = value_bool(token == JSON_TRUE);
        return kind == AWS_BOOLEAN || misfit(r, member->shape);
    }
    bool fits = token == JSON_STRING || (token == JSON_NUMBER && kind != AWS_STRING && kind != AWS_BLOB);
    return (fits && output_scalar(r->arena, member, r->json.string, out)) || misfit(r, member->shape);
}

// Free-form JSON is of the type that it implies. The bytes from its first token on are decoded apart.
static bool read_document(BodyReader *r, JsonToken token, Value *out) {
    size_t start = r->json.token_start;
    uint32_t depth = r->json.depth;
    bool opened = token == JSON_OBJECT_OPEN || token == JSON_ARRAY_OPEN;
    while (opened && token != JSON_ERROR && token != JSON_END && r->json.depth >= depth) token = json_next(&r->json);
    if (token == JSON_ERROR || token == JSON_END) return false;
    return json_decode(r->arena, str_slice(r->json.text, start, r->json.at), out, NULL);
}

static bool read_value(BodyReader *r, const AwsMember *member, JsonToken token, Value *out) {
    const AwsShape *shape = member->shape;
    if (token == JSON_ERROR) return misfit(r, shape);
    if (shape->document) return read_document(r, token, out) || misfit(r, shape);
    switch (shape->kind) {
    case AWS_STRUCTURE: return read_structure(r, shape, token, out);
    case AWS_LIST: return read_list(r, shape, token, out);
    case AWS_MAP: return read_map(r, shape, token, out);
    default: return read_scalar(r, member, token, out);
    }
}

// The reader bounds the depth.
bool json_body_read(Arena *arena, const AwsShape *shape, Str body, Value *out, Str *problem) {
    BodyReader r = {arena, json_reader(arena, str_empty(str_trim(body)) ? STR("{}") : body), problem};
    AwsMember whole = {.shape = shape};
    return read_value(&r, &whole, json_next(&r.json), out) && (json_next(&r.json) == JSON_END || misfit(&r, shape));
}
