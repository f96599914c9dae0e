// JSON to values, straight into the payloads of the wanted type. Elements of unknown number are collected on one
// stack for the whole read and copied off it when their bracket closes.
#include "engine/value/convert.h"
#include "engine/value/json.h"
#include "engine/value/order.h"
#include "engine/value/quote.h"
#include "engine/value/type_table.h"

#include "engine/base/utf8.h"

// Where the read is, as a chain of steps on the C stack: nothing is built unless there is an error.
typedef struct Frame {
    const struct Frame *up;
    PathStep step;
} Frame;

typedef struct Decode {
    Arena *arena;
    Process *p;
    JsonReader *r;
    JsonMode mode;
    Buf stack;
    uint32_t depth; // of values, over the readers of wrapped values too
    JsonError *error;
} Decode;

static bool read_typed(Decode *d, const Frame *up, JsonToken token, const Type *type, Value *out);

static bool fail(Decode *d, const Frame *frame, const char *message) {
    if (!d->error) return false;
    uint32_t n = 0;
    for (const Frame *f = frame; f; f = f->up) n++;
    PathStep *at = ARENA_ARRAY(d->arena, PathStep, n);
    uint32_t i = n;
    for (const Frame *f = frame; f; f = f->up)
        at[--i] = (PathStep){f->step.attr, value_copy(d->arena, f->step.index)};
    *d->error = (JsonError){message, {at, n}, d->r->token_start};
    return false;
}

static bool fail_syntax(Decode *d, const Frame *frame) {
    return fail(d, frame, d->r->error ? d->r->error : "a value is expected here");
}

static bool fail_name(Decode *d, const Frame *frame, const char *before, Str name, const char *after) {
    Buf message = buf_in(d->arena);
    buf_z(&message, before);
    quote_go(name, &message);
    buf_z(&message, after);
    return fail(d, frame, message.p);
}

// The reader's last string, living as the arena and in NFC.
static Str keep_string(Decode *d) {
    const JsonReader *r = d->r;
    Str s = r->string;
    bool lives = r->borrowed ? r->share : r->scratch == d->arena;
    if (!r->ascii) {
        Str normal = utf8_nfc(d->arena, s);
        lives = lives || normal.p != s.p;
        s = normal;
    }
    return lives ? s : str_copy(d->arena, s);
}

static Value read_string(Decode *d) { return value_string_raw(d->arena, keep_string(d)); }

static bool read_number(Decode *d, const Frame *frame, Str text, Value *out) {
    int64_t i = 0;
    bool negative = text.n && text.p[0] == '-', digits = text.n > negative && text.n < 19;
    for (size_t at = negative; at < text.n && digits; at++) {
        digits = text.p[at] >= '0' && text.p[at] <= '9';
        i = i * 10 + (text.p[at] - '0');
    }
    if (digits && (i > 0 || !negative)) {
        *out = value_int(negative ? -i : i);
        return true;
    }
    const Num *num = num_parse(d->arena, text, NUM_PRECISION_TEXT);
    if (!num) return fail(d, frame, "a number is required");
    *out = value_num(d->arena, num);
    return true;
}

static bool read_bool(Decode *d, const Frame *frame, Value *out) {
    ConvertError error;
    Value text = read_string(d);
    if (convert_value(d->arena, text, type_bool(d->p), out, &error)) return true;
    return fail(d, frame, str_to_z(d->arena, error.message));
}

static bool read_primitive(Decode *d, const Frame *frame, JsonToken token, TypeKind kind, Value *out) {
    bool truth = token == JSON_TRUE || token == JSON_FALSE;
    switch (kind) {
    case TYPE_STRING:
        if (token == JSON_STRING) {
            *out = read_string(d);
            return true;
        }
        if (token == JSON_NUMBER) {
            *out = value_string(d->arena, d->r->string);
            return true;
        }
        if (!truth) return fail(d, frame, "string is required");
        *out = value_string_raw(d->arena, token == JSON_TRUE ? STR("true") : STR("false"));
        return true;
    case TYPE_NUMBER:
        if (token != JSON_NUMBER && token != JSON_STRING) return fail(d, frame, "number is required");
        return read_number(d, frame, d->r->string, out);
    default:
        if (token == JSON_STRING) return read_bool(d, frame, out);
        if (!truth) return fail(d, frame, "bool is required");
        *out = value_bool(token == JSON_TRUE);
        return true;
    }
}

// Elements up to the closing bracket, left on the stack from the returned offset on. types: of a tuple, n of them.
static bool read_elements(Decode *d, const Frame *up, const Type *elem, const Type *const *types, uint32_t limit,
                          uint32_t *n) {
    Frame frame = {up, {0}};
    *n = 0;
    for (JsonToken token; (token = json_next(d->r)) != JSON_ARRAY_CLOSE; ++*n) {
        if (types && *n == limit) {
            const char *message = str_format(d->arena, "too many tuple elements (need %u)", limit).p;
            return fail(d, up, message);
        }
        frame.step.index = value_int(*n);
        Value v;
        if (!read_typed(d, &frame, token, types ? types[*n] : elem, &v)) return false;
        buf_bytes(&d->stack, &v, sizeof v);
    }
    if (types && *n < limit)
        return fail(d, up, str_format(d->arena, "not enough tuple elements (need %u)", limit).p);
    return true;
}

static bool read_array(Decode *d, const Frame *up, JsonToken token, TypeKind kind, const Type *type, Value *out) {
    if (token != JSON_ARRAY_OPEN) return fail(d, up, "missing expected [");
    size_t base = d->stack.n;
    uint32_t n;
    bool tuple = kind == TYPE_TUPLE && type->kind == TYPE_TUPLE;
    const Type *elem = kind == TYPE_TUPLE ? type_dynamic(d->p) : type->elem;
    const Type *const none[1] = {NULL};
    const Type *const *types = !tuple ? NULL : type->n ? type->types : none;
    if (!read_elements(d, up, elem, types, tuple ? type->n : 0, &n)) return false;
    const Value *at = n ? (const Value *)(const void *)(d->stack.p + base) : NULL;
    *out = kind == TYPE_LIST  ? value_list(d->arena, elem, at, n)
           : kind == TYPE_SET ? value_set(d->arena, elem, at, n)
                              : value_tuple(d->arena, at, n);
    d->stack.n = base;
    return true;
}

static bool read_map(Decode *d, const Frame *up, JsonToken token, const Type *type, Value *out) {
    if (token != JSON_OBJECT_OPEN) return fail(d, up, "missing expected {");
    size_t base = d->stack.n;
    Frame frame = {up, {0}};
    uint32_t n = 0;
    while ((token = json_next(d->r)) == JSON_KEY) {
        MapItem item = {.key = keep_string(d)};
        frame.step.index = value_string_raw(d->arena, item.key);
        if (!read_typed(d, &frame, json_next(d->r), type->elem, &item.value)) return false;
        buf_bytes(&d->stack, &item, sizeof item);
        n++;
    }
    if (token != JSON_OBJECT_CLOSE) return fail_syntax(d, up);
    *out = value_map(d->arena, type->elem, n ? (MapItem *)(void *)(d->stack.p + base) : NULL, n);
    d->stack.n = base;
    return true;
}

// The place of a key in the type, trying the one after the last first: keys mostly come sorted, as we write them.
static int32_t object_slot(Decode *d, const Type *type, uint32_t expected) {
    Str key = d->r->string;
    if (expected < type->n && str_eq(name_str(type->names[expected]), key)) return (int32_t)expected;
    const Shape *shape = shape_of_type(d->p, type);
    int32_t i = shape_find(shape, key);
    return i < 0 && !d->r->ascii ? shape_find(shape, utf8_nfc(d->arena, key)) : i;
}

static bool read_object(Decode *d, const Frame *up, JsonToken token, const Type *type, Value *out) {
    if (token != JSON_OBJECT_OPEN) return fail(d, up, "missing expected {");
    ObjectData *data = value_object_data(d->arena, shape_of_type(d->p, type));
    Frame frame = {up, {0}};
    uint32_t expected = 0;
    bool in_order = true;
    while ((token = json_next(d->r)) == JSON_KEY) {
        int32_t i = object_slot(d, type, expected);
        if (i < 0) return fail_name(d, up, "unsupported attribute ", d->r->string, "");
        in_order = in_order && (uint32_t)i == expected;
        expected = (uint32_t)i + 1;
        frame.step.attr = type->names[i];
        if (!read_typed(d, &frame, json_next(d->r), type->types[i], &data->at[i])) return false;
    }
    if (token != JSON_OBJECT_CLOSE) return fail_syntax(d, up);
    // A cleared value is of no kind and neither null nor unknown: nothing that reading gives looks like it.
    if (!in_order || expected != type->n)
        for (uint32_t i = 0; i < type->n; i++)
            if (data->at[i].kind == TYPE_DYNAMIC && value_is_set(data->at[i]))
                data->at[i] = value_null(d->p, type->types[i]);
    *out = value_finish_object(d->arena, data);
    return true;
}

typedef struct Field {
    Name name;
    uint64_t spare; // keeps the values on the stack aligned
    Value value;
} Field;

// A key given twice is accepted when both values are of the same type, as the peers do; the last wins.
static bool check_doubles(Decode *d, const Frame *up, const Field *fields, const OrderItem *items, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        const Field *a = &fields[items[i - 1].index], *b = &fields[items[i].index];
        if (a->name != b->name || value_type(d->p, a->value) == value_type(d->p, b->value)) continue;
        return fail_name(d, up, "duplicate ", name_str(a->name), " property in JSON object");
    }
    return true;
}

static bool implied_object(Decode *d, const Frame *up, const Field *fields, uint32_t n, Value *out) {
    Buf memory = {0};
    OrderItem *items = (OrderItem *)(void *)buf_reserve(
        &memory, (size_t)(n ? n : 1) * (2 * sizeof(OrderItem) + sizeof(Value) + sizeof(Name)));
    Value *values = (Value *)(void *)(items + 2 * (size_t)n);
    Name *names = (Name *)(void *)(values + n);
    for (uint32_t i = 0; i < n; i++) items[i] = (OrderItem){name_str(fields[i].name), i};
    order_sort(items, items + n, n);
    bool ok = check_doubles(d, up, fields, items, n);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        const Field *field = &fields[items[i].index];
        if (kept && names[kept - 1] == field->name) kept--;
        names[kept] = field->name;
        values[kept++] = field->value;
    }
    if (ok) *out = value_object(d->arena, shape_of_sorted(d->arena, names, kept), values);
    buf_free(&memory);
    return ok;
}

static bool read_implied_object(Decode *d, const Frame *up, Value *out) {
    size_t base = d->stack.n;
    Frame frame = {up, {0}};
    JsonToken token;
    while ((token = json_next(d->r)) == JSON_KEY) {
        Str key = d->r->ascii ? d->r->string : utf8_nfc(d->arena, d->r->string);
        Field field = {.name = name_of(d->p, key)};
        frame.step.attr = field.name;
        if (!read_typed(d, &frame, json_next(d->r), type_dynamic(d->p), &field.value)) return false;
        buf_bytes(&d->stack, &field, sizeof field);
    }
    if (token != JSON_OBJECT_CLOSE) return fail_syntax(d, up);
    uint32_t n = (uint32_t)((d->stack.n - base) / sizeof(Field));
    bool ok = implied_object(d, up, n ? (const Field *)(const void *)(d->stack.p + base) : NULL, n, out);
    d->stack.n = base;
    return ok;
}

static bool read_implied(Decode *d, const Frame *up, JsonToken token, Value *out) {
    switch (token) {
    case JSON_STRING: return read_primitive(d, up, token, TYPE_STRING, out);
    case JSON_NUMBER: return read_primitive(d, up, token, TYPE_NUMBER, out);
    case JSON_TRUE:
    case JSON_FALSE: return read_primitive(d, up, token, TYPE_BOOL, out);
    case JSON_ARRAY_OPEN: return read_array(d, up, token, TYPE_TUPLE, type_dynamic(d->p), out);
    case JSON_OBJECT_OPEN: return read_implied_object(d, up, out);
    default: return fail_syntax(d, up);
    }
}

// {"value":…,"type":…}: the value usually comes first, so it is read again once the type is known.
static bool read_wrapped(Decode *d, const Frame *up, JsonToken token, Value *out) {
    if (token != JSON_OBJECT_OPEN) return fail(d, up, "missing expected {");
    Str value = STR_NONE, type = STR_NONE;
    while ((token = json_next(d->r)) == JSON_KEY) {
        bool is_value = str_eqz(d->r->string, "value"), is_type = str_eqz(d->r->string, "type");
        if (!is_value && !is_type)
            return fail_name(d, up, "invalid key ", d->r->string, " in dynamically-typed value");
        if (!json_skip(d->r, is_value ? &value : &type)) return fail_syntax(d, up);
    }
    if (token != JSON_OBJECT_CLOSE) return fail_syntax(d, up);
    if (!type.n) return fail(d, up, "missing type in dynamically-typed value");
    if (!value.n) return fail(d, up, "missing value in dynamically-typed value");
    const Type *real = type_from_json(d->p, type);
    if (!real) return fail(d, up, "failed to decode type for dynamic value");
    JsonReader *outer = d->r, inner = json_reader(outer->scratch, value);
    inner.share = outer->share;
    d->r = &inner;
    bool ok = read_typed(d, up, json_next(&inner), type_without_optional(d->p, real), out);
    if (ok && json_next(&inner) != JSON_END) ok = fail_syntax(d, up);
    d->r = outer;
    // Offsets are those of the whole text.
    if (!ok && d->error) d->error->at += (size_t)(value.p - outer->text.p);
    return ok;
}

static bool read_typed(Decode *d, const Frame *up, JsonToken token, const Type *type, Value *out) {
    if (token == JSON_ERROR || token == JSON_END) return fail_syntax(d, up);
    if (token == JSON_NULL) {
        *out = value_null(d->p, type);
        return true;
    }
    if (d->depth >= LIMIT_VALUE_DEPTH) return fail(d, up, "nested too deeply");
    d->depth++;
    bool ok = false;
    switch ((TypeKind)type->kind) {
    case TYPE_STRING:
    case TYPE_NUMBER:
    case TYPE_BOOL: ok = read_primitive(d, up, token, (TypeKind)type->kind, out); break;
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_TUPLE: ok = read_array(d, up, token, (TypeKind)type->kind, type, out); break;
    case TYPE_MAP: ok = read_map(d, up, token, type, out); break;
    case TYPE_OBJECT: ok = read_object(d, up, token, type, out); break;
    case TYPE_DYNAMIC:
        ok = d->mode == JSON_WRAPPED_DYNAMIC ? read_wrapped(d, up, token, out) : read_implied(d, up, token, out);
        break;
    }
    d->depth--;
    return ok;
}

bool json_read_value(Arena *arena, JsonReader *r, const Type *type, JsonMode mode, Value *out, JsonError *error) {
    Decode d = {.arena = arena, .p = arena_process(arena), .r = r, .mode = mode, .error = error};
    bool ok = read_typed(&d, NULL, json_next(r), type, out);
    buf_free(&d.stack);
    return ok;
}

bool json_decode(Arena *arena, Str text, Value *out, JsonError *error) {
    JsonReader r = json_reader(arena, text);
    if (!json_read_value(arena, &r, type_dynamic(arena_process(arena)), JSON_IMPLIED, out, error)) return false;
    if (json_next(&r) == JSON_END) return true;
    if (error) *error = (JsonError){"extraneous data after JSON object", {NULL, 0}, r.token_start};
    return false;
}
