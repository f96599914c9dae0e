// XML bodies of requests.
#include "engine/base/limits.h"
#include "providers/aws/client/protocol.h"
#include "providers/aws/client/text.h"
#include "providers/aws/client/xml.h"

typedef struct BodyWriter {
    AwsWire *wire;
    Buf *out;
    uint32_t depth;
} BodyWriter;

static bool write_value(BodyWriter *w, const AwsMember *member, Str element, Value v);

static void open_tag(BodyWriter *w, Str element, Str namespace, Str prefix) {
    buf_char(w->out, '<');
    buf_add(w->out, element);
    if (str_empty(namespace)) return;
    buf_z(w->out, prefix.n ? " xmlns:" : " xmlns");
    buf_add(w->out, prefix);
    buf_z(w->out, "=\"");
    xml_escape(w->out, namespace);
    buf_char(w->out, '"');
}

static void close_tag(BodyWriter *w, Str element) {
    buf_z(w->out, "</");
    buf_add(w->out, element);
    buf_char(w->out, '>');
}

static bool write_attributes(BodyWriter *w, const AwsShape *shape, Value v) {
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        Value member;
        Str text;
        if (!m->xml_attribute || !input_member(w->wire, m, v, &member)) continue;
        if (!input_text(w->wire, m, member, AWS_TIME_ISO8601, &text))
            return wire_problem_in(w->wire, name_str(m->name));
        buf_format(w->out, " %.*s=\"", STR_ARG(member_wire_name(m)));
        xml_escape(w->out, text);
        buf_char(w->out, '"');
    }
    return true;
}

static bool write_structure(BodyWriter *w, const AwsMember *self, Str element, Value v) {
    const AwsShape *shape = self->shape;
    if (!input_is_structure(w->wire, shape, v)) return false;
    open_tag(w, element, self->xml_namespace, self->xml_prefix);
    if (!write_attributes(w, shape, v)) return false;
    buf_char(w->out, '>');
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        Value member;
        if (m->xml_attribute || m->location != AWS_IN_BODY || !input_member(w->wire, m, v, &member)) continue;
        if (!write_value(w, m, member_wire_name(m), member)) return wire_problem_in(w->wire, name_str(m->name));
    }
    close_tag(w, element);
    return true;
}

static bool write_list(BodyWriter *w, const AwsMember *self, Str element, Value v) {
    const AwsMember *inner = &self->shape->members[0];
    const Value *at;
    uint32_t n;
    if (!input_list(w->wire, v, &at, &n)) return false;
    Str name = inner->location_name.n ? inner->location_name : STR("member");
    if (self->flattened) name = element;
    AwsMember as = *inner;
    if (self->flattened && str_empty(as.xml_namespace)) {
        as.xml_namespace = self->xml_namespace;
        as.xml_prefix = self->xml_prefix;
    }
    if (!self->flattened) {
        open_tag(w, element, self->xml_namespace, self->xml_prefix);
        buf_char(w->out, '>');
    }
    for (uint32_t i = 0; i < n; i++) {
        if (value_is_null(at[i])) continue;
        if (!write_value(w, &as, name, at[i])) return wire_problem_at(w->wire, i);
    }
    if (!self->flattened) close_tag(w, element);
    return true;
}

static bool write_entry(BodyWriter *w, const AwsShape *map, MapItem item) {
    const AwsMember *key = &map->members[0], *value = &map->members[1];
    Str key_name = key->location_name.n ? key->location_name : STR("key");
    open_tag(w, key_name, key->xml_namespace, key->xml_prefix);
    buf_char(w->out, '>');
    xml_escape(w->out, item.key);
    close_tag(w, key_name);
    return write_value(w, value, value->location_name.n ? value->location_name : STR("value"), item.value);
}

static bool write_map(BodyWriter *w, const AwsMember *self, Str element, Value v) {
    MapItem *items;
    uint32_t n;
    if (!input_map(w->wire, v, &items, &n)) return false;
    Str entry = self->flattened ? element : STR("entry");
    Str namespace = self->flattened ? self->xml_namespace : STR_NONE;
    if (!self->flattened) {
        open_tag(w, element, self->xml_namespace, self->xml_prefix);
        buf_char(w->out, '>');
    }
    for (uint32_t i = 0; i < n; i++) {
        open_tag(w, entry, namespace, self->xml_prefix);
        buf_char(w->out, '>');
        if (!write_entry(w, self->shape, items[i])) return wire_problem_in(w->wire, items[i].key);
        close_tag(w, entry);
    }
    if (!self->flattened) close_tag(w, element);
    return true;
}

static bool write_scalar(BodyWriter *w, const AwsMember *self, Str element, Value v) {
    Str text;
    if (!input_text(w->wire, self, v, AWS_TIME_ISO8601, &text)) return false;
    open_tag(w, element, self->xml_namespace, self->xml_prefix);
    buf_char(w->out, '>');
    xml_escape(w->out, text);
    close_tag(w, element);
    return true;
}

static bool write_value(BodyWriter *w, const AwsMember *member, Str element, Value v) {
    if (w->depth >= LIMIT_VALUE_DEPTH) return wire_problem(w->wire, "nested too deeply");
    w->depth++;
    bool ok;
    switch (member->shape->kind) {
    case AWS_STRUCTURE: ok = write_structure(w, member, element, v); break;
    case AWS_LIST: ok = write_list(w, member, element, v); break;
    case AWS_MAP: ok = write_map(w, member, element, v); break;
    default: ok = write_scalar(w, member, element, v);
    }
    w->depth--;
    return ok;
}

// Published models give every payload member a location name. It names the element when it says something: when it is
// not the member's own name over again, or comes with a namespace. Else the shape's own element name, then for a body
// that is the whole input what the reference to it says, then the shape's name.
static Str element_name(const AwsOperation *operation, const AwsShape *shape, const AwsMember *payload) {
    if (payload && payload->location_name.n) {
        bool renamed = !str_eq(payload->location_name, name_str(payload->name));
        if (renamed || (payload->xml_namespace.n && str_empty(shape->xml_namespace))) return payload->location_name;
    }
    if (shape->location_name.n) return shape->location_name;
    if (!payload && operation->input_element.n) return operation->input_element;
    return name_str(shape->name);
}

bool xml_body_write(AwsWire *wire, const AwsOperation *operation, const AwsShape *shape, const AwsMember *payload,
                    Value v, Buf *out) {
    BodyWriter w = {wire, out, 0};
    AwsMember whole =
        payload ? *payload
                : (AwsMember){.shape = shape, .xml_namespace = shape->xml_namespace, .xml_prefix = shape->xml_prefix};
    if (!payload && operation->input_namespace.n) whole.xml_namespace = operation->input_namespace;
    if (str_empty(whole.xml_namespace)) whole.xml_namespace = operation->model->xml_namespace;
    return write_value(&w, &whole, element_name(operation, shape, payload), v);
}
