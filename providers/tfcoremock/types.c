/* The types: two built-in ones, and those of dynamic_resources.json. */
#include "providers/tfcoremock/mock.h"

#include <string.h>

/* ---- the built-in ones ---- */

enum { COMPLEX_DEPTH = 3, SIMPLE_ATTRS = 5, COMPLEX_ATTRS = 9 };

static void simple_attrs(MockAttr *at) {
    static const char *const names[] = {"bool", "float", "integer", "number", "string"};
    static const MockKind kinds[] = {MOCK_BOOLEAN, MOCK_NUMBER, MOCK_NUMBER, MOCK_NUMBER, MOCK_STRING};
    for (size_t i = 0; i < SIMPLE_ATTRS; i++)
        at[i] = (MockAttr){.name = names[i], .kind = kinds[i], .flags = INFRA_OPTIONAL};
}

/* Each level has the simple attributes and four that hold objects of the next level. */
static const MockAttr *complex_attrs(Mock *mock, int depth, size_t *n) {
    static const char *const names[] = {"list", "map", "object", "set"};
    static const MockKind kinds[] = {MOCK_LIST, MOCK_MAP, MOCK_OBJECT, MOCK_SET};
    MockAttr *at = mock->host->alloc(mock->arena, sizeof *at * COMPLEX_ATTRS);
    simple_attrs(at);
    *n = SIMPLE_ATTRS;
    if (depth == COMPLEX_DEPTH) return at;
    MockAttr *inner = mock->host->alloc(mock->arena, sizeof *inner);
    inner->kind = MOCK_OBJECT;
    inner->attrs = complex_attrs(mock, depth + 1, &inner->attr_count);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        MockAttr *attr = &at[(*n)++];
        *attr = (MockAttr){.name = names[i], .kind = kinds[i], .flags = INFRA_OPTIONAL, .elem = inner};
        if (attr->kind == MOCK_OBJECT) {
            attr->attrs = inner->attrs;
            attr->attr_count = inner->attr_count;
        }
    }
    return at;
}

static void complex_body(Mock *mock, int depth, MockBlock *body) {
    body->attrs = complex_attrs(mock, depth, &body->attr_count);
    if (depth == COMPLEX_DEPTH) return;
    MockBlock *blocks = mock->host->alloc(mock->arena, sizeof *blocks * 2);
    complex_body(mock, depth + 1, &blocks[0]);
    blocks[1] = blocks[0];
    blocks[0].name = "list_block";
    blocks[1].name = "set_block";
    blocks[1].set = 1;
    body->blocks = blocks;
    body->block_count = 2;
}

/* ---- dynamic_resources.json ---- */

static const char *keep_z(Mock *mock, InfraText s) {
    char *z = mock->host->alloc(mock->arena, s.n + 1);
    if (s.n) memcpy(z, s.p, s.n);
    return z;
}

static int flag(Mock *mock, InfraValue of, const char *name) {
    return mock->host->boolean(mock->host->get(mock->host, of, name));
}

static int read_attr(Mock *mock, InfraValue from, MockAttr *out);

static int complain(Mock *mock, const char *what, InfraText about) {
    mock->error = mock->host->format(mock->arena, "%s \"%.*s\"", what, (int)about.n, about.p);
    return 0;
}

static int read_attrs(Mock *mock, InfraValue from, const MockAttr **out, size_t *n) {
    const InfraHost *host = mock->host;
    *n = host->kind(from) == INFRA_OBJECT ? host->length(from) : 0;
    MockAttr *at = host->alloc(mock->arena, sizeof *at * *n);
    *out = at;
    for (size_t i = 0; i < *n; i++) {
        if (!read_attr(mock, host->element(from, i), &at[i])) return 0;
        at[i].name = keep_z(mock, host->key(from, i));
    }
    return 1;
}

static const MockAttr *read_elem(Mock *mock, InfraValue from, const char *name) {
    MockAttr *elem = mock->host->alloc(mock->arena, sizeof *elem);
    return read_attr(mock, mock->host->get(mock->host, from, name), elem) ? elem : NULL;
}

/* Recursion is over the document's nesting, which its reader bounds. */
static int read_attr(Mock *mock, InfraValue from, MockAttr *out) {
    const InfraHost *host = mock->host;
    static const struct {
        const char *name;
        MockKind kind;
    } kinds[] = {{"boolean", MOCK_BOOLEAN}, {"float", MOCK_NUMBER},  {"integer", MOCK_NUMBER},
                 {"number", MOCK_NUMBER},   {"string", MOCK_STRING}, {"list", MOCK_LIST},
                 {"map", MOCK_MAP},         {"set", MOCK_SET},       {"object", MOCK_OBJECT}};
    InfraText type = host->text(host->get(host, from, "type"));
    size_t k = 0, count = sizeof kinds / sizeof *kinds;
    while (k < count && !text_is(type, kinds[k].name)) k++;
    if (k == count) return complain(mock, "unrecognized attribute type", type);
    *out = (MockAttr){.kind = kinds[k].kind};
    if (flag(mock, from, "required")) out->flags |= INFRA_REQUIRED;
    if (flag(mock, from, "optional")) out->flags |= INFRA_OPTIONAL;
    if (flag(mock, from, "computed")) out->flags |= INFRA_COMPUTED;
    if (!out->flags) out->flags = INFRA_OPTIONAL;
    if (flag(mock, from, "sensitive")) out->flags |= INFRA_SENSITIVE;
    out->replace = flag(mock, from, "replace");
    out->plain = flag(mock, from, "skip_nested_metadata");
    out->value = host->get(host, from, "value");
    out->has_value = !host->is_null(out->value);
    if (out->kind == MOCK_OBJECT)
        return read_attrs(mock, host->get(host, from, "object"), &out->attrs, &out->attr_count);
    if (out->kind < MOCK_LIST) return 1;
    out->elem = read_elem(mock, from, kinds[k].name);
    return out->elem != NULL;
}

static int read_body(Mock *mock, InfraValue from, MockBlock *out) {
    const InfraHost *host = mock->host;
    if (!read_attrs(mock, host->get(host, from, "attributes"), &out->attrs, &out->attr_count)) return 0;
    InfraText mode = host->text(host->get(host, from, "mode"));
    out->set = text_is(mode, "set");
    if (mode.n && !out->set && !text_is(mode, "list")) return complain(mock, "invalid nesting mode", mode);
    InfraValue blocks = host->get(host, from, "blocks");
    out->block_count = host->kind(blocks) == INFRA_OBJECT ? host->length(blocks) : 0;
    MockBlock *at = host->alloc(mock->arena, sizeof *at * out->block_count);
    out->blocks = at;
    for (size_t i = 0; i < out->block_count; i++) {
        if (!read_body(mock, host->element(blocks, i), &at[i])) return 0;
        at[i].name = keep_z(mock, host->key(blocks, i));
    }
    return 1;
}

static void load_dynamic(Mock *mock, InfraValue root) {
    const InfraHost *host = mock->host;
    for (size_t i = 0; i < host->length(root); i++) {
        MockType type = {.name = keep_z(mock, host->key(root, i))};
        if (!read_body(mock, host->element(root, i), &type.body)) return;
        for (size_t a = 0; a < type.body.attr_count; a++) {
            if (strcmp(type.body.attrs[a].name, "id") != 0) continue;
            complain(mock, "an attribute named id is defined by the provider itself, not by", text_of(type.name));
            return;
        }
        mock->types[mock->type_count++] = type;
    }
}

void types_load(Mock *mock) {
    const InfraHost *host = mock->host;
    InfraText json = store_file(host, mock->arena, host->folder, TEXT("dynamic_resources.json"));
    InfraValue root = host->null;
    if (json.n && (!host->from_json(mock->arena, json, &root) || host->kind(root) != INFRA_OBJECT)) {
        root = host->null;
        mock->error = TEXT("dynamic_resources.json is not a JSON object");
    }
    mock->types = host->alloc(mock->arena, sizeof *mock->types * (2 + host->length(root)));
    mock->types[0].name = "tfcoremock_complex_resource";
    complex_body(mock, 0, &mock->types[0].body);
    mock->types[1].name = "tfcoremock_simple_resource";
    MockAttr *simple = host->alloc(mock->arena, sizeof *simple * SIMPLE_ATTRS);
    simple_attrs(simple);
    mock->types[1].body.attrs = simple;
    mock->types[1].body.attr_count = SIMPLE_ATTRS;
    mock->type_count = 2;
    load_dynamic(mock, root);
    mock->names = host->alloc(mock->arena, sizeof *mock->names * mock->type_count);
    for (size_t i = 0; i < mock->type_count; i++) mock->names[i] = mock->types[i].name;
}

MockType *types_find(Mock *mock, InfraText name) {
    for (size_t i = 0; i < mock->type_count; i++)
        if (text_is(name, mock->types[i].name)) return &mock->types[i];
    return NULL;
}
