// XML bodies of answers by shape: query, EC2 and rest-xml.
#include "engine/base/limits.h"
#include "providers/aws/client/protocol.h"
#include "providers/aws/client/xml.h"

typedef struct BodyReader {
    Arena *arena;
    uint32_t depth;
    Str *problem;
} BodyReader;

static bool read_value(BodyReader *r, const AwsMember *member, const XmlNode *node, Value *out);

static bool misfit(BodyReader *r, const XmlNode *node, const AwsShape *shape) {
    *r->problem = str_format(r->arena, "the element %.*s is not of shape %s", STR_ARG(node->name), shape->name->text);
    return false;
}

static const XmlNode *next_named(const XmlNode *node, Str name) {
    while (node && !str_eq(node->name, name)) node = node->next;
    return node;
}

// The elements of a list that lies in its own element, or that is repeated beside its siblings.
static bool read_list(BodyReader *r, const AwsMember *element, const XmlNode *first, Str name, Value *out) {
    VEC(Value) values = {0};
    for (const XmlNode *node = next_named(first, name); node; node = next_named(node->next, name)) {
        Value *v = vec_add(r->arena, &values);
        if (!read_value(r, element, node, v)) return false;
    }
    *out = value_tuple(r->arena, values.at, values.n);
    return true;
}

static bool read_map(BodyReader *r, const AwsShape *shape, const XmlNode *first, Str name, Value *out) {
    const AwsMember *key = &shape->members[0], *value = &shape->members[1];
    Str key_name = key->location_name.n ? key->location_name : STR("key");
    Str value_name = value->location_name.n ? value->location_name : STR("value");
    VEC(Name) names = {0};
    VEC(Value) values = {0};
    for (const XmlNode *node = next_named(first, name); node; node = next_named(node->next, name)) {
        const XmlNode *k = xml_child(node, key_name), *v = xml_child(node, value_name);
        if (!k || !v) continue;
        vec_push(r->arena, &names, name_of(arena_process(r->arena), k->text));
        if (!read_value(r, value, v, vec_add(r->arena, &values))) return false;
    }
    *out = value_object_of(r->arena, names.at, values.at, values.n);
    return true;
}

// The elements of a list that is flattened by its own shape carry the name that the shape gives to them; where the
// member flattens it, the member's.
static Str flat_name(const AwsMember *member) {
    const AwsMember *element = &member->shape->members[0];
    if (member->shape->kind == AWS_LIST && member->shape->flattened && element->location_name.n)
        return element->location_name;
    return member_wire_name(member);
}

static bool read_attribute(BodyReader *r, const AwsMember *member, const XmlNode *node, Value *out) {
    Str want = member_wire_name(member);
    for (uint32_t i = 0; i < node->attribute_count; i++) {
        Str name = node->attributes[i].name;
        if (str_eq(name, want)) return output_scalar(r->arena, member, node->attributes[i].value, out);
    }
    return true;
}

static bool read_member(BodyReader *r, const AwsMember *m, const XmlNode *node, Value *out) {
    AwsKind kind = m->shape->kind;
    if (m->xml_attribute) return read_attribute(r, m, node, out) || misfit(r, node, m->shape);
    if (m->flattened && (kind == AWS_LIST || kind == AWS_MAP)) {
        Str name = flat_name(m);
        if (!next_named(node->first, name)) return true;
        if (kind == AWS_LIST) return read_list(r, &m->shape->members[0], node->first, name, out);
        return read_map(r, m->shape, node->first, name, out);
    }
    const XmlNode *child = xml_child(node, member_wire_name(m));
    return !child || read_value(r, m, child, out);
}

static bool read_structure(BodyReader *r, const AwsShape *shape, const XmlNode *node, Value *out) {
    ObjectData *data = output_structure(r->arena, shape);
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        if (!output_in_body(m)) continue;
        if (!read_member(r, m, node, output_member(data, shape, i))) return false;
    }
    *out = value_finish_object(r->arena, data);
    return true;
}

static bool read_value(BodyReader *r, const AwsMember *member, const XmlNode *node, Value *out) {
    const AwsShape *shape = member->shape;
    if (r->depth >= LIMIT_VALUE_DEPTH) return misfit(r, node, shape);
    r->depth++;
    bool ok;
    switch (shape->kind) {
    case AWS_STRUCTURE: ok = read_structure(r, shape, node, out); break;
    case AWS_LIST: {
        const AwsMember *element = &shape->members[0];
        ok = read_list(r, element, node->first, element->location_name.n ? element->location_name : STR("member"), out);
        break;
    }
    case AWS_MAP: ok = read_map(r, shape, node->first, STR("entry"), out); break;
    default: ok = output_scalar(r->arena, member, node->text, out) || misfit(r, node, shape);
    }
    r->depth--;
    return ok;
}

// S3's GetBucketLocation answers with the member itself as the root, without the structure around it.
static bool root_is_member(const AwsOperation *operation, const AwsShape *shape, const XmlNode *root) {
    return operation->model->s3 && !root->first && shape->kind == AWS_STRUCTURE && shape->n == 1 &&
           str_eq(member_wire_name(&shape->members[0]), root->name);
}

static bool read_root(BodyReader *r, const AwsOperation *operation, const AwsShape *shape, const XmlNode *root,
                      Value *out) {
    if (operation->model->protocol == AWS_QUERY) {
        Str wrapper = operation->result_wrapper;
        if (str_empty(wrapper)) wrapper = str_format(r->arena, "%sResult", operation->name->text);
        const XmlNode *inner = xml_child(root, wrapper);
        if (inner) root = inner;
    }
    if (root_is_member(operation, shape, root)) {
        ObjectData *data = output_structure(r->arena, shape);
        if (root->text.n && !read_value(r, &shape->members[0], root, output_member(data, shape, 0))) return false;
        *out = value_finish_object(r->arena, data);
        return true;
    }
    AwsMember whole = {.shape = shape};
    return read_value(r, &whole, root, out);
}

bool xml_body_read(Arena *arena, const AwsOperation *operation, const AwsShape *shape, Str body, Value *out,
                   Str *problem) {
    if (str_empty(str_trim(body))) {
        *out = value_finish_object(arena, output_structure(arena, shape));
        return true;
    }
    // The tree is much larger than the value.
    Arena *scratch = arena_new(arena_process(arena), LIFE_OP, "xml");
    const XmlNode *root = xml_parse(scratch, body);
    BodyReader r = {arena, 0, problem};
    bool ok = root && read_root(&r, operation, shape, root, out);
    if (!root) *problem = STR("the answer is not XML");
    arena_free(scratch);
    return ok;
}
