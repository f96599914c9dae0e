/* Schemas of the types, as provider.h wants them. */
#include "providers/tfcoremock/mock.h"

#include <string.h>

static void type_json(Text *t, const MockAttr *attr) {
    static const char *const words[] = {"bool", "number", "string", "list", "map", "set", "object"};
    const char *word = words[attr->kind];
    if (attr->kind < MOCK_LIST) {
        text_json(t, text_of(word));
        return;
    }
    text_z(t, "[");
    text_json(t, text_of(word));
    text_z(t, ",");
    if (attr->kind == MOCK_OBJECT) {
        text_z(t, "{");
        for (size_t i = 0; i < attr->attr_count; i++) {
            if (i) text_z(t, ",");
            text_json(t, text_of(attr->attrs[i].name));
            text_z(t, ":");
            type_json(t, &attr->attrs[i]);
        }
        text_z(t, "}");
    } else {
        type_json(t, attr->elem);
    }
    text_z(t, "]");
}

/* The object whose attributes are a structured attribute's, or NULL when it is of a plain type. */
static const MockAttr *structure(const MockAttr *attr) {
    if (attr->plain) return NULL;
    if (attr->kind == MOCK_OBJECT) return attr;
    return attr->elem && attr->elem->kind == MOCK_OBJECT ? attr->elem : NULL;
}

/* data: everything is computed. */
static InfraAttr *schema_attrs(Mock *mock, const MockAttr *attrs, size_t n, size_t more, int data) {
    static const InfraNesting nestings[] = {[MOCK_LIST] = INFRA_NEST_LIST,
                                            [MOCK_MAP] = INFRA_NEST_MAP,
                                            [MOCK_SET] = INFRA_NEST_SET,
                                            [MOCK_OBJECT] = INFRA_SINGLE};
    InfraAttr *at = mock->host->alloc(mock->arena, sizeof *at * (n + more));
    for (size_t i = 0; i < n; i++) {
        const MockAttr *nested = structure(&attrs[i]);
        at[i] = (InfraAttr){.name = attrs[i].name, .flags = attrs[i].flags};
        if (data) at[i].flags = INFRA_COMPUTED | (attrs[i].flags & INFRA_SENSITIVE);
        if (nested) {
            InfraBlock *block = mock->host->alloc(mock->arena, sizeof *block);
            block->attrs = schema_attrs(mock, nested->attrs, nested->attr_count, 0, data);
            block->attr_count = nested->attr_count;
            at[i].nested = block;
            at[i].nesting = nestings[attrs[i].kind];
        } else {
            Text type = {mock->host, mock->arena, NULL, 0, 0};
            type_json(&type, &attrs[i]);
            at[i].type = text_end(&type);
        }
    }
    return at;
}

/* Recursion is over the nesting of blocks. id: 0, or the flags of the id attribute. */
static const InfraBlock *schema_body(Mock *mock, const MockBlock *body, uint32_t id, int data) {
    InfraBlock *out = mock->host->alloc(mock->arena, sizeof *out);
    InfraAttr *attrs = schema_attrs(mock, body->attrs, body->attr_count, 1, data);
    if (id) attrs[body->attr_count] = (InfraAttr){.name = "id", .type = "\"string\"", .flags = id};
    out->attrs = attrs;
    out->attr_count = body->attr_count + (id ? 1 : 0);
    InfraNested *blocks = mock->host->alloc(mock->arena, sizeof *blocks * body->block_count);
    for (size_t i = 0; i < body->block_count; i++) {
        blocks[i].name = body->blocks[i].name;
        blocks[i].nesting = body->blocks[i].set ? INFRA_NEST_SET : INFRA_NEST_LIST;
        blocks[i].block = schema_body(mock, &body->blocks[i], 0, data);
    }
    out->blocks = blocks;
    out->block_count = body->block_count;
    return out;
}

#define STRINGS "[\"list\",\"string\"]"
static const InfraAttr provider_attrs[] = {
    {.name = "data_directory", .type = "\"string\"", .flags = INFRA_OPTIONAL},
    {.name = "fail_on_create", .type = STRINGS, .flags = INFRA_OPTIONAL},
    {.name = "fail_on_delete", .type = STRINGS, .flags = INFRA_OPTIONAL},
    {.name = "fail_on_read", .type = STRINGS, .flags = INFRA_OPTIONAL},
    {.name = "fail_on_update", .type = STRINGS, .flags = INFRA_OPTIONAL},
    {.name = "resource_directory", .type = "\"string\"", .flags = INFRA_OPTIONAL},
    {.name = "use_only_state", .type = "\"bool\"", .flags = INFRA_OPTIONAL},
};
static const InfraBlock provider_block = {.attrs = provider_attrs,
                                          .attr_count = sizeof provider_attrs / sizeof *provider_attrs};

int types_schema(Mock *mock, InfraTypeKind kind, const char *name, InfraSchema *out) {
    *out = (InfraSchema){0, NULL, 0};
    if (kind == INFRA_PROVIDER_CONFIG) {
        out->block = &provider_block;
        return 1;
    }
    MockType *type = types_find(mock, text_of(name));
    if (!type || kind == INFRA_EPHEMERAL) return 0;
    if (kind == INFRA_RESOURCE) {
        if (!type->resource) type->resource = schema_body(mock, &type->body, INFRA_OPTIONAL | INFRA_COMPUTED, 0);
        out->block = type->resource;
    } else {
        if (!type->data) type->data = schema_body(mock, &type->body, INFRA_REQUIRED, 1);
        out->block = type->data;
    }
    return 1;
}
