// yamldecode: one document by libyaml's events. Plain scalars are resolved as the peer does: YAML 1.1 truth values,
// decimal, octal and hexadecimal numbers, dates as RFC 3339 texts, merge keys.
#include <yaml.h>

#include "engine/base/limits.h"
#include "engine/base/map.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/heavy/heavy.h"
#include "engine/eval/heavy/yaml_scalar.h"
#include "engine/value/convert.h"

// Aliases repeat what they name: a small text may stand for a huge value.
enum { YAML_NODES = 4000000 };

typedef struct Anchor {
    Value value;
    uint64_t nodes;
    bool open; // its definition has not ended
} Anchor;

typedef struct Yaml {
    FuncCall *call;
    yaml_parser_t parser;
    yaml_event_t event;
    bool have_event;
    StrMap anchors;
    uint32_t depth;
    uint64_t nodes;
} Yaml;

static bool fail_at(Yaml *y, yaml_mark_t mark, const char *why) {
    return func_fail(y->call, -1, "on line %zu, column %zu: %s", mark.line + 1, mark.column + 1, why);
}

static bool next_event(Yaml *y) {
    if (y->have_event) yaml_event_delete(&y->event);
    y->have_event = yaml_parser_parse(&y->parser, &y->event) != 0;
    if (y->have_event) return true;
    const char *why = y->parser.problem ? y->parser.problem : "not valid YAML";
    return fail_at(y, y->parser.problem_mark, why);
}

static Str text_of(const yaml_char_t *p) { return str_of((const char *)p); }

static bool read_node(Yaml *y, Value *out);

static Anchor *anchor_begin(Yaml *y, const yaml_char_t *name) {
    if (!name) return NULL;
    Anchor *anchor = ARENA_NEW(y->call->arena, Anchor);
    anchor->open = true;
    strmap_put_ptr(&y->anchors, str_copy(y->call->arena, text_of(name)), anchor);
    return anchor;
}

static void anchor_end(Yaml *y, Anchor *anchor, Value v, uint64_t before) {
    if (!anchor) return;
    anchor->value = v;
    anchor->nodes = y->nodes - before;
    anchor->open = false;
}

static bool read_alias(Yaml *y, Value *out) {
    Str name = text_of(y->event.data.alias.anchor);
    const Anchor *anchor = strmap_get_ptr(&y->anchors, name);
    const char *shown = call_z(y->call, name);
    yaml_mark_t mark = y->event.start_mark;
    if (!anchor)
        return fail_at(y, mark,
                       call_z(y->call, str_format(y->call->arena, "reference to undefined anchor \"%s\"", shown)));
    if (anchor->open) {
        return fail_at(y, mark,
                       call_z(y->call, str_format(y->call->arena,
                                                  "cannot refer to anchor \"%s\" from inside its own "
                                                  "definition",
                                                  shown)));
    }
    y->nodes += anchor->nodes;
    *out = anchor->value;
    return true;
}

static bool read_scalar(Yaml *y, Value *out) {
    const char *tag = (const char *)y->event.data.scalar.tag;
    Str text = {(const char *)y->event.data.scalar.value, y->event.data.scalar.length};
    yaml_scalar_style_t style = y->event.data.scalar.style;
    bool quoted = style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    const char *why = yaml_scalar(y->call, tag ? tag : "", text, quoted, out);
    return !why || fail_at(y, y->event.start_mark, why);
}

static bool read_anchored_scalar(Yaml *y, Value *out) {
    uint64_t before = y->nodes;
    Anchor *anchor = anchor_begin(y, y->event.data.scalar.anchor);
    if (!read_scalar(y, out)) return false;
    anchor_end(y, anchor, *out, before);
    return true;
}

typedef struct Fields {
    VEC(Name) names;
    VEC(Value) values;
} Fields;

static void add_field(Yaml *y, Fields *fields, Name name, Value v) {
    vec_push(y->call->arena, &fields->names, name);
    vec_push(y->call->arena, &fields->values, v);
}

static bool merge_object(Yaml *y, Fields *fields, Value v, yaml_mark_t mark, bool listed) {
    if (v.kind == TYPE_OBJECT && value_is_set(v)) {
        for (uint32_t i = 0; i < v.n; i++) add_field(y, fields, v.obj->shape->names[i], v.obj->at[i]);
        return true;
    }
    Str type = call_friendly(y->call, value_type(call_process(y->call), v));
    return fail_at(y, mark,
                   call_z(y->call, str_format(y->call->arena, "cannot merge %.*s %sinto mapping", STR_ARG(type),
                                              listed ? "(from sequence) " : "")));
}

static bool merge_value(Yaml *y, Fields *fields, yaml_mark_t mark) {
    Value v;
    if (!next_event(y) || !read_node(y, &v)) return false;
    if (v.kind != TYPE_TUPLE) return merge_object(y, fields, v, mark, false);
    for (uint32_t i = 0; i < v.n; i++) {
        if (!merge_object(y, fields, v.list->at[i], mark, true)) return false;
    }
    return true;
}

static bool is_merge_key(const yaml_event_t *event) {
    const char *tag = (const char *)event->data.scalar.tag;
    if (tag && strcmp(tag, "tag:yaml.org,2002:merge") == 0) return true;
    return !tag && event->data.scalar.length == 2 && memcmp(event->data.scalar.value, "<<", 2) == 0;
}

static bool read_field(Yaml *y, Fields *fields) {
    yaml_mark_t mark = y->event.start_mark;
    if (y->event.type != YAML_SCALAR_EVENT) return fail_at(y, mark, "only strings are allowed as mapping keys");
    if (is_merge_key(&y->event)) return merge_value(y, fields, mark);
    Value key, v;
    if (!read_scalar(y, &key)) return false;
    if (value_is_null(key)) return fail_at(y, mark, "mapping key cannot be null");
    if (!convert_value(y->call->arena, key, type_string(call_process(y->call)), &key, NULL)) {
        return fail_at(y, mark, "only strings are allowed as mapping keys");
    }
    if (!next_event(y) || !read_node(y, &v)) return false;
    add_field(y, fields, name_of(call_process(y->call), value_str(key)), v);
    return true;
}

static bool read_mapping(Yaml *y, Value *out) {
    const char *tag = (const char *)y->event.data.mapping_start.tag;
    if (tag && strcmp(tag, YAML_MAP_TAG) != 0) {
        return fail_at(y, y->event.start_mark,
                       call_z(y->call, str_format(y->call->arena, "can't interpret mapping as %s", tag)));
    }
    uint64_t before = y->nodes;
    Anchor *anchor = anchor_begin(y, y->event.data.mapping_start.anchor);
    Fields fields = {0};
    while (true) {
        if (!next_event(y)) return false;
        if (y->event.type == YAML_MAPPING_END_EVENT) break;
        if (!read_field(y, &fields)) return false;
    }
    *out = value_object_of(y->call->arena, fields.names.at, fields.values.at, fields.names.n);
    anchor_end(y, anchor, *out, before);
    return true;
}

static bool read_sequence(Yaml *y, Value *out) {
    const char *tag = (const char *)y->event.data.sequence_start.tag;
    if (tag && strcmp(tag, YAML_SEQ_TAG) != 0) {
        return fail_at(y, y->event.start_mark,
                       call_z(y->call, str_format(y->call->arena, "can't interpret sequence as %s", tag)));
    }
    uint64_t before = y->nodes;
    Anchor *anchor = anchor_begin(y, y->event.data.sequence_start.anchor);
    VEC(Value) values = {0};
    while (true) {
        if (!next_event(y)) return false;
        if (y->event.type == YAML_SEQUENCE_END_EVENT) break;
        Value v;
        if (!read_node(y, &v)) return false;
        vec_push(y->call->arena, &values, v);
    }
    *out = value_tuple(y->call->arena, values.at, values.n);
    anchor_end(y, anchor, *out, before);
    return true;
}

// The value that begins with the current event.
static bool read_node(Yaml *y, Value *out) {
    yaml_mark_t mark = y->event.start_mark;
    if (++y->nodes > YAML_NODES) return fail_at(y, mark, "the document is too large");
    if (y->depth == LIMIT_VALUE_DEPTH) return fail_at(y, mark, "the document is nested too deeply");
    y->depth++;
    bool fine = false;
    switch (y->event.type) {
    case YAML_SCALAR_EVENT: fine = read_anchored_scalar(y, out); break;
    case YAML_ALIAS_EVENT: fine = read_alias(y, out); break;
    case YAML_MAPPING_START_EVENT: fine = read_mapping(y, out); break;
    case YAML_SEQUENCE_START_EVENT: fine = read_sequence(y, out); break;
    case YAML_STREAM_END_EVENT: fail_at(y, mark, "expecting value but found end of stream"); break;
    default: fail_at(y, mark, "a value is expected here"); break;
    }
    y->depth--;
    return fine;
}

static bool expect(Yaml *y, yaml_event_type_t type, const char *why) {
    if (!next_event(y)) return false;
    if (y->event.type == type) return true;
    if (y->event.type == YAML_DOCUMENT_START_EVENT) why = "only a single document is allowed";
    return fail_at(y, y->event.start_mark, why);
}

static bool read_document(Yaml *y, Value *out) {
    return expect(y, YAML_STREAM_START_EVENT, "missing stream start token") &&
           expect(y, YAML_DOCUMENT_START_EVENT, "missing start of document") && next_event(y) && read_node(y, out) &&
           expect(y, YAML_DOCUMENT_END_EVENT, "unexpected extra content after value") &&
           expect(y, YAML_STREAM_END_EVENT, "unexpected extra content after value");
}

bool heavy_yamldecode(FuncCall *call, Value *out) {
    Yaml y = {.call = call, .anchors = strmap_in(call->arena)};
    Str text = value_str(call->args[0]);
    if (!yaml_parser_initialize(&y.parser)) return func_fail(call, -1, "YAML is not available");
    yaml_parser_set_input_string(&y.parser, (const unsigned char *)(text.n ? text.p : "\n"), text.n ? text.n : 1);
    yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
    bool fine = read_document(&y, out);
    if (y.have_event) yaml_event_delete(&y.event);
    yaml_parser_delete(&y.parser);
    return fine;
}
