// Conversion between attribute values and what the API's shapes want, by the two types alone.
#include "providers/aws/core/mapping.h"

static const AwsMember *member_like(const AwsShape *shape, Str name) {
    const AwsMember *plural = NULL;
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        if (str_eq(name_str(m->name), name)) return m;
    }
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        Str own = name_str(m->name);
        size_t x = 0, y = 0;
        bool same = true;
        while (same) {
            while (x < name.n && name.p[x] == '_') x++;
            if (x >= name.n || y >= own.n) break;
            char have = own.p[y] >= 'A' && own.p[y] <= 'Z' ? (char)(own.p[y] - 'A' + 'a') : own.p[y];
            char want = name.p[x] >= 'A' && name.p[x] <= 'Z' ? (char)(name.p[x] - 'A' + 'a') : name.p[x];
            same = have == want;
            x++, y++;
        }
        if (!same || x < name.n) continue;
        if (y == own.n) return m;
        if (y + 1 == own.n && own.p[y] == 's') plural = m;
    }
    return plural;
}

static Value null_value(Arena *arena) {
    Process *p = arena_process(arena);
    return value_null(p, type_dynamic(p));
}

static Value convert(Arena *arena, Value v, const Type *type) {
    Value out;
    ConvertError error;
    return convert_value(arena, v, type, &out, &error) ? out : v;
}

static const AwsMember *member_named(const AwsShape *shape, const char *const *names) {
    for (; *names; names++)
        for (uint32_t i = 0; i < shape->n; i++)
            if (str_eqz(name_str(shape->members[i].name), *names)) return &shape->members[i];
    return NULL;
}

static const char *const key_names[] = {"Key", "key", "TagKey", "Name", "name", NULL};
static const char *const value_names[] = {"Value", "value", "TagValue", NULL};

// A map as a list of key/value structures.
static Value send_pairs(Arena *arena, const AwsShape *shape, Value v) {
    const AwsMember *key = member_named(shape, key_names), *value = member_named(shape, value_names);
    if (!key || !value) return v;
    Value *at = ARENA_ARRAY(arena, Value, v.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v.n; i++) {
        Str name = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        Value part = value_part(v, i);
        if (!value_is_set(part)) continue;
        Name names[2] = {key->name, value->name};
        Value values[2] = {value_string_raw(arena, name), convert(arena, part, type_string(arena_process(arena)))};
        at[n++] = value_object_of(arena, names, values, 2);
    }
    return value_tuple(arena, at, n);
}

static Value send_structure(Arena *arena, const AwsShape *shape, Value v, Str token) {
    // {Quantity, Items}
    static const char *const quantity[] = {"Quantity", NULL}, *const items[] = {"Items", NULL};
    bool sequence = v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE;
    const AwsMember *count = sequence ? member_named(shape, quantity) : NULL,
                    *list = sequence ? member_named(shape, items) : NULL;
    if (count && list) {
        Name names[2] = {count->name, list->name};
        Value values[2] = {value_int(v.n), v.n ? mapping_send(arena, list->shape, v, token) : null_value(arena)};
        return value_object_of(arena, names, values, 2);
    }
    if (sequence) {
        if (v.n == 0) return null_value(arena);
        return mapping_send(arena, shape, value_part(v, 0), token);
    }
    if (v.kind != TYPE_OBJECT && v.kind != TYPE_MAP) return v;
    Name *names = ARENA_ARRAY(arena, Name, v.n + shape->n + 1);
    Value *values = ARENA_ARRAY(arena, Value, v.n + shape->n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v.n; i++) {
        Str name = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        const AwsMember *m = member_like(shape, name);
        if (!m) {
            // A name of ours that the structure has not; the API's own names are the client's to judge.
            if (name.n && name.p[0] >= 'A' && name.p[0] <= 'Z') {
                names[n] = name_of(arena_process(arena), name);
                values[n++] = value_part(v, i);
            }
            continue;
        }
        Value part = mapping_send(arena, m->shape, value_part(v, i), token);
        if (value_is_null(part)) continue;
        names[n] = m->name;
        values[n++] = part;
    }
    for (uint32_t i = 0; token.n && i < shape->n; i++) {
        if (!shape->members[i].idempotency_token) continue;
        bool given = false;
        for (uint32_t k = 0; k < n; k++) given |= names[k] == shape->members[i].name;
        if (given) continue;
        names[n] = shape->members[i].name;
        values[n++] = value_string(arena, token);
    }
    return value_object_of(arena, names, values, n);
}

static Value send_list(Arena *arena, const AwsShape *shape, Value v, Str token) {
    const AwsShape *elem = shape->members[0].shape;
    bool pairs = (v.kind == TYPE_MAP || v.kind == TYPE_OBJECT) && elem->kind == AWS_STRUCTURE;
    if (pairs && member_named(elem, key_names) && member_named(elem, value_names)) return send_pairs(arena, elem, v);
    bool sequence = v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE;
    if (!sequence) {
        Value one = mapping_send(arena, elem, v, STR_NONE);
        return value_is_null(one) ? one : value_tuple(arena, &one, 1);
    }
    Value *at = ARENA_ARRAY(arena, Value, v.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v.n; i++) {
        Value part = mapping_send(arena, elem, value_part(v, i), token);
        if (!value_is_null(part)) at[n++] = part;
    }
    return value_tuple(arena, at, n);
}

static Value send_map(Arena *arena, const AwsShape *shape, Value v, Str token) {
    if (v.kind != TYPE_MAP && v.kind != TYPE_OBJECT) return v;
    MapItem *at = ARENA_ARRAY(arena, MapItem, v.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v.n; i++) {
        Value part = mapping_send(arena, shape->members[1].shape, value_part(v, i), token);
        if (value_is_null(part)) continue;
        at[n].key = v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
        at[n++].value = part;
    }
    Name *names = ARENA_ARRAY(arena, Name, n + 1);
    Value *values = ARENA_ARRAY(arena, Value, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        names[i] = name_of(arena_process(arena), at[i].key);
        values[i] = at[i].value;
    }
    return value_object_of(arena, names, values, n);
}

// Recursion is over the shape and the value, whose nesting is bounded by LIMIT_VALUE_DEPTH.
Value mapping_send(Arena *arena, const AwsShape *shape, Value v, Str token) {
    Process *p = arena_process(arena);
    if (!value_is_set(v)) return null_value(arena);
    if (shape->document) return v;
    bool single = shape->kind != AWS_LIST && shape->kind != AWS_STRUCTURE && shape->kind != AWS_MAP &&
                  (v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE);
    if (single) return v.n == 1 ? mapping_send(arena, shape, value_part(v, 0), token) : v;
    switch (shape->kind) {
    case AWS_STRUCTURE: return send_structure(arena, shape, v, token);
    case AWS_LIST: return send_list(arena, shape, v, token);
    case AWS_MAP: return send_map(arena, shape, v, token);
    case AWS_BOOLEAN: return convert(arena, v, type_bool(p));
    case AWS_INTEGER:
    case AWS_DOUBLE: return convert(arena, v, type_number(p));
    default: return convert(arena, v, type_string(p));
    }
}

Value mapping_pairs(Arena *arena, Value list) {
    static const char *const keys[] = {"Key", "key", "TagKey", NULL};
    Process *p = arena_process(arena);
    bool sequence = list.kind == TYPE_LIST || list.kind == TYPE_TUPLE || list.kind == TYPE_SET;
    if (value_is_null(list)) return value_map(arena, type_string(p), NULL, 0);
    if (!sequence) return list;
    MapItem *at = ARENA_ARRAY(arena, MapItem, list.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < value_parts(list); i++) {
        Value part = value_part(list, i);
        const Value *key = NULL, *value = NULL;
        for (int k = 0; keys[k] && !key; k++) key = value_get_str(part, str_of(keys[k]));
        for (int k = 0; value_names[k] && !value; k++) value = value_get_str(part, str_of(value_names[k]));
        if (!key || !value_is_set(*key)) continue;
        at[n].key = value_str(*key);
        at[n++].value =
            value && value_is_set(*value) ? convert(arena, *value, type_string(p)) : value_string(arena, STR(""));
    }
    return value_map(arena, type_string(p), at, n);
}

static Value receive_object(Frame *f, const Attrs *attrs, Value v) {
    Arena *arena = frame_arena(f);
    if (!value_is_set(v) || (v.kind != TYPE_OBJECT && v.kind != TYPE_MAP))
        return value_null(f->def->core->process, attrs->type);
    if (v.kind == TYPE_OBJECT && v.obj->shape == attrs->shape && value_has_type(v, attrs->type)) return v;
    ObjectData *data = value_object_data(arena, attrs->shape);
    for (uint32_t i = 0; i < attrs->n; i++) {
        const Attr *a = &attrs->at[i];
        const Value *found = value_get(v, a->name);
        int32_t m = found || v.kind != TYPE_OBJECT ? -1 : mapping_find(a, v.obj->shape->names, v.obj->shape->n);
        Value part = found ? *found : m >= 0 ? v.obj->at[m] : frame_null(f);
        data->at[i] = mapping_receive(f, a, part);
    }
    return value_finish_object(arena, data);
}

static Value receive_sequence(Frame *f, const Attr *a, Value v) {
    Arena *arena = frame_arena(f);
    bool sequence = v.kind == TYPE_LIST || v.kind == TYPE_SET || v.kind == TYPE_TUPLE;
    const Value *items = sequence ? NULL : value_get_str(v, STR("Items"));
    if (items && value_get_str(v, STR("Quantity")))
        v = *items;
    else if (!sequence)
        v = value_tuple(arena, &v, 1);
    uint32_t n = value_parts(v), kept = 0;
    Value *at = ARENA_ARRAY(arena, Value, n + 1);
    Attr elem = *a;
    elem.type = a->type->elem;
    elem.block = false;
    for (uint32_t i = 0; i < n; i++) {
        Value part = value_part(v, i);
        if (value_is_null(part)) continue;
        at[kept++] = a->inside && elem.type->kind == TYPE_OBJECT ? receive_object(f, a->inside, part)
                                                                 : mapping_receive(f, &elem, part);
    }
    return a->type->kind == TYPE_SET ? value_set(arena, a->type->elem, at, kept)
                                     : value_list(arena, a->type->elem, at, kept);
}

// Recursion is over the schema's nesting.
Value mapping_receive(Frame *f, const Attr *a, Value v) {
    Process *p = f->def->core->process;
    Arena *arena = frame_arena(f);
    const Type *t = a->type;
    if (value_is_unknown(v)) return value_unknown(p, t);
    if (value_is_null(v)) {
        if (a->block && t->kind == TYPE_LIST) return value_list(arena, t->elem, NULL, 0);
        if (a->block && t->kind == TYPE_SET) return value_set(arena, t->elem, NULL, 0);
        return value_null(p, t);
    }
    switch ((TypeKind)t->kind) {
    case TYPE_LIST:
    case TYPE_SET: return receive_sequence(f, a, v);
    case TYPE_OBJECT:
        if (a->inside) return receive_object(f, a->inside, v);
        break;
    case TYPE_MAP:
        if (v.kind == TYPE_TUPLE || v.kind == TYPE_LIST) v = mapping_pairs(arena, v);
        break;
    default: break;
    }
    Value out;
    ConvertError error;
    return convert_value(arena, v, t, &out, &error) ? out : value_null(p, t);
}
