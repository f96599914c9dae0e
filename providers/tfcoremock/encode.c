/* Values in the form of the files: {"string": "x"}, {"list": [{"number": "1"}]}, null is {} or left out. */
#include "providers/tfcoremock/mock.h"

#include <string.h>

static const char *const words[] = {"boolean", "number", "string", "list", "map", "set", "object"};

static void line(Text *t, int depth) {
    text_z(t, "\n");
    for (int i = 0; i < depth; i++) text_z(t, "  ");
}

/* A member of an object that is being written at this depth. */
static void member(Text *t, int *count, int depth, InfraText key) {
    if ((*count)++) text_z(t, ",");
    line(t, depth);
    text_json(t, key);
    text_z(t, ": ");
}

static void close_at(Text *t, int count, int depth, const char *bracket) {
    if (count) line(t, depth);
    text_z(t, bracket);
}

static void encode_value(Text *t, const MockAttr *attr, InfraValue v, int depth);
static void encode_body(Text *t, const MockBlock *body, InfraValue v, int with_id, int depth);

static void encode_elements(Text *t, const MockAttr *attr, InfraValue v, int depth) {
    int count = 0;
    int map = attr->kind == MOCK_MAP;
    text_z(t, map ? "{" : "[");
    for (size_t i = 0; i < t->host->length(v); i++) {
        if (map) {
            member(t, &count, depth + 1, t->host->key(v, i));
        } else {
            if (count++) text_z(t, ",");
            line(t, depth + 1);
        }
        encode_value(t, attr->elem, t->host->element(v, i), depth + 1);
    }
    close_at(t, count, depth, map ? "}" : "]");
}

static void encode_value(Text *t, const MockAttr *attr, InfraValue v, int depth) {
    if (t->host->is_null(v) || t->host->is_unknown(v)) {
        text_z(t, "{}");
        return;
    }
    int count = 0;
    text_z(t, "{");
    member(t, &count, depth + 1, text_of(words[attr->kind]));
    switch (attr->kind) {
    case MOCK_BOOLEAN: text_z(t, t->host->boolean(v) ? "true" : "false"); break;
    case MOCK_NUMBER:
        text_z(t, "\"");
        text_number(t, t->host->number(t->arena, v));
        text_z(t, "\"");
        break;
    case MOCK_STRING: text_json(t, t->host->text(v)); break;
    case MOCK_OBJECT: {
        MockBlock body = {.attrs = attr->attrs, .attr_count = attr->attr_count};
        encode_body(t, &body, v, 0, depth + 1);
        break;
    }
    default: encode_elements(t, attr, v, depth + 1);
    }
    close_at(t, count, depth, "}");
}

static const MockAttr *find_attr(const MockBlock *body, InfraText name, int with_id) {
    static const MockAttr id = {.name = "id", .kind = MOCK_STRING};
    if (with_id && text_is(name, "id")) return &id;
    for (size_t i = 0; i < body->attr_count; i++)
        if (text_is(name, body->attrs[i].name)) return &body->attrs[i];
    return NULL;
}

static const MockBlock *find_block(const MockBlock *body, InfraText name) {
    for (size_t i = 0; i < body->block_count; i++)
        if (text_is(name, body->blocks[i].name)) return &body->blocks[i];
    return NULL;
}

static void encode_blocks(Text *t, const MockBlock *block, InfraValue v, int depth) {
    int count = 0, elements = 0;
    text_z(t, "{");
    member(t, &count, depth + 1, text_of(block->set ? "set" : "list"));
    text_z(t, "[");
    for (size_t i = 0; i < t->host->length(v); i++) {
        int one = 0;
        if (elements++) text_z(t, ",");
        line(t, depth + 2);
        text_z(t, "{");
        member(t, &one, depth + 3, TEXT("object"));
        encode_body(t, block, t->host->element(v, i), 0, depth + 3);
        close_at(t, one, depth + 2, "}");
    }
    close_at(t, elements, depth + 1, "]");
    close_at(t, count, depth, "}");
}

/* Attributes of an object are in byte order, as Go writes its maps. Recursion is over the type's nesting. */
static void encode_body(Text *t, const MockBlock *body, InfraValue v, int with_id, int depth) {
    int count = 0;
    text_z(t, "{");
    for (size_t i = 0; i < t->host->length(v); i++) {
        InfraText key = t->host->key(v, i);
        InfraValue inner = t->host->element(v, i);
        const MockAttr *attr = find_attr(body, key, with_id);
        const MockBlock *block = attr ? NULL : find_block(body, key);
        if (t->host->is_null(inner) || t->host->is_unknown(inner) || (!attr && !block)) continue;
        member(t, &count, depth + 1, key);
        if (attr)
            encode_value(t, attr, inner, depth + 1);
        else
            encode_blocks(t, block, inner, depth + 1);
    }
    close_at(t, count, depth, "}");
}

void encode_object(Text *out, const MockType *type, InfraValue v) {
    int count = 0;
    text_z(out, "{");
    member(out, &count, 1, TEXT("values"));
    encode_body(out, &type->body, v, 1, 1);
    close_at(out, count, 0, "}");
}

/* ---- reading ---- */

static InfraValue decode_body(const InfraHost *host, InfraArena *arena, const MockBlock *body, InfraValue from,
                              int with_id);

static InfraValue decode_elements(const InfraHost *host, InfraArena *arena, const MockAttr *attr, InfraValue from) {
    size_t n = host->length(from);
    InfraValue *at = host->alloc(arena, sizeof *at * n);
    InfraText *keys = host->alloc(arena, sizeof *keys * n);
    for (size_t i = 0; i < n; i++) {
        at[i] = decode_value(host, arena, attr->elem, host->element(from, i));
        if (attr->kind == MOCK_MAP) keys[i] = host->key(from, i);
    }
    return attr->kind == MOCK_MAP ? host->make_map(arena, keys, at, n) : host->make_list(arena, at, n);
}

InfraValue decode_value(const InfraHost *host, InfraArena *arena, const MockAttr *attr, InfraValue from) {
    InfraValue v = host->get(host, from, words[attr->kind]);
    InfraKind kind = host->kind(v);
    if (host->is_null(v)) return host->null;
    switch (attr->kind) {
    case MOCK_BOOLEAN:
    case MOCK_STRING: return v;
    case MOCK_NUMBER: return kind == INFRA_STRING ? host->make_number(arena, host->text(v)) : v;
    case MOCK_OBJECT: {
        MockBlock body = {.attrs = attr->attrs, .attr_count = attr->attr_count};
        return decode_body(host, arena, &body, v, 0);
    }
    case MOCK_MAP: return kind == INFRA_OBJECT ? decode_elements(host, arena, attr, v) : host->null;
    default: return kind == INFRA_TUPLE ? decode_elements(host, arena, attr, v) : host->null;
    }
}

static InfraValue decode_blocks(const InfraHost *host, InfraArena *arena, const MockBlock *block, InfraValue from) {
    InfraValue list = host->get(host, from, block->set ? "set" : "list");
    size_t n = host->kind(list) == INFRA_TUPLE ? host->length(list) : 0;
    InfraValue *at = host->alloc(arena, sizeof *at * n);
    for (size_t i = 0; i < n; i++) {
        InfraValue object = host->get(host, host->element(list, i), "object");
        at[i] = decode_body(host, arena, block, object, 0);
    }
    return host->make_list(arena, at, n);
}

static InfraValue decode_body(const InfraHost *host, InfraArena *arena, const MockBlock *body, InfraValue from,
                              int with_id) {
    size_t n = 0, max = body->attr_count + body->block_count + 1;
    InfraText *names = host->alloc(arena, sizeof *names * max);
    InfraValue *at = host->alloc(arena, sizeof *at * max);
    if (with_id) {
        names[n] = TEXT("id");
        at[n++] = host->get(host, host->get(host, from, "id"), "string");
    }
    for (size_t i = 0; i < body->attr_count; i++) {
        names[n] = text_of(body->attrs[i].name);
        at[n++] = decode_value(host, arena, &body->attrs[i], host->get(host, from, body->attrs[i].name));
    }
    for (size_t i = 0; i < body->block_count; i++) {
        names[n] = text_of(body->blocks[i].name);
        at[n++] = decode_blocks(host, arena, &body->blocks[i], host->get(host, from, body->blocks[i].name));
    }
    return host->make_object(arena, names, at, n);
}

int decode_object(const InfraHost *host, InfraArena *arena, const MockType *type, InfraText json, InfraValue *out) {
    InfraValue root;
    if (!host->from_json(arena, json, &root) || host->kind(root) != INFRA_OBJECT) return 0;
    InfraValue values = host->get(host, root, "values");
    if (host->kind(values) != INFRA_OBJECT || host->is_null(values)) return 0;
    *out = decode_body(host, arena, &type->body, values, 1);
    return 1;
}
