#include "engine/value/pack.h"

#include <assert.h>

#include "engine/base/limits.h"
#include "engine/value/marks.h"

// value   = tag [marks] body
// tag     = TypeKind | NULL | UNKNOWN | MARKED
// marks   = varint bits, varint count of messages, texts
// unknown = varint flags, then what they name
enum { TAG_NULL = 16, TAG_UNKNOWN = 32, TAG_MARKED = 64, TAG_KIND = 15 };
enum { REFINED_NOT_NULL = 1, REFINED_LENGTH = 2, REFINED_PREFIX = 4, REFINED_MIN = 8, REFINED_MAX = 16,
       REFINED_MIN_IN = 32, REFINED_MAX_IN = 64 };

void pack_varint(Buf *out, uint64_t n) {
    while (n >= 128) {
        buf_char(out, (char)(n | 128));
        n >>= 7;
    }
    buf_char(out, (char)n);
}

bool unpack_varint(Str *bytes, uint64_t *out) {
    *out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (bytes->n == 0) return false;
        uint8_t b = (uint8_t)bytes->p[0];
        *bytes = str_slice(*bytes, 1, bytes->n);
        if (shift == 63 && b > 1) return false;
        *out |= (uint64_t)(b & 127) << shift;
        if (!(b & 128)) return true;
    }
    return false;
}

void pack_text(Buf *out, Str text) {
    pack_varint(out, text.n);
    buf_add(out, text);
}

bool unpack_text(Str *bytes, Str *out) {
    uint64_t n;
    if (!unpack_varint(bytes, &n) || n > bytes->n) return false;
    *out = str_slice(*bytes, 0, (size_t)n);
    *bytes = str_slice(*bytes, (size_t)n, bytes->n);
    return true;
}

static Process *type_process(Arena *arena) { return arena_process(arena); }

static void pack_number(Buf *out, Value v, Arena *scratch) {
    Buf text = buf_in(scratch);
    const Num *num = value_number(scratch, v);
    num_print(num, &text);
    pack_varint(out, num_precision(num));
    pack_text(out, buf_str(&text));
}

static void pack_unknown(Buf *out, const Unknown *u, Arena *scratch) {
    bool min = u->min.kind == TYPE_NUMBER, max = u->max.kind == TYPE_NUMBER;
    uint64_t flags = (u->not_null ? REFINED_NOT_NULL : 0) | (u->has_length ? REFINED_LENGTH : 0) |
                     (u->prefix.n ? REFINED_PREFIX : 0) | (min ? REFINED_MIN : 0) | (max ? REFINED_MAX : 0) |
                     (u->min_inclusive ? REFINED_MIN_IN : 0) | (u->max_inclusive ? REFINED_MAX_IN : 0);
    pack_varint(out, flags);
    if (u->has_length) {
        pack_varint(out, u->min_length);
        pack_varint(out, u->max_length);
    }
    if (u->prefix.n) pack_text(out, u->prefix);
    if (min) pack_number(out, u->min, scratch);
    if (max) pack_number(out, u->max, scratch);
}

static void pack_marks(Buf *out, Process *p, Marks marks) {
    const Str *messages;
    uint32_t n = marks_messages(p, marks, &messages);
    pack_varint(out, marks & (MARK_SENSITIVE | MARK_EPHEMERAL));
    pack_varint(out, n);
    for (uint32_t i = 0; i < n; i++) pack_text(out, messages[i]);
}

typedef struct Packer {
    Buf *out;
    Arena *scratch;
    Process *process;
} Packer;

static void pack(Packer *p, Value v, const Type *type);

static void pack_known(Packer *p, Value v, const Type *type) {
    switch ((TypeKind)v.kind) {
    case TYPE_DYNAMIC: break;
    case TYPE_STRING: pack_text(p->out, value_str(v)); break;
    case TYPE_BOOL: buf_char(p->out, (char)v.i); break;
    case TYPE_NUMBER: pack_number(p->out, v, p->scratch); break;
    case TYPE_LIST:
    case TYPE_SET:
        pack_varint(p->out, v.n);
        for (uint32_t i = 0; i < v.n; i++) pack(p, v.list->at[i], type->elem);
        break;
    case TYPE_MAP:
        pack_varint(p->out, v.n);
        for (uint32_t i = 0; i < v.n; i++) {
            pack_text(p->out, v.map->at[i].key);
            pack(p, v.map->at[i].value, type->elem);
        }
        break;
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < v.n; i++) pack(p, v.list->at[i], type->types[i]);
        break;
    case TYPE_OBJECT:
        for (uint32_t i = 0; i < v.n; i++) pack(p, v.obj->at[i], type->types[i]);
        break;
    }
}

static void pack(Packer *p, Value v, const Type *type) {
    if (type->kind == TYPE_DYNAMIC) { // the value's own type first; unknown type stays "any"
        type = value_type(p->process, v);
        Buf text = buf_in(p->scratch);
        type_to_json(type, &text);
        pack_text(p->out, buf_str(&text));
    }
    bool null = value_is_null(v), unknown = value_is_unknown(v);
    buf_char(p->out, (char)(v.kind | (null ? TAG_NULL : 0) | (unknown ? TAG_UNKNOWN : 0) | (v.marks ? TAG_MARKED : 0)));
    if (v.marks) pack_marks(p->out, p->process, v.marks);
    if (unknown) pack_unknown(p->out, v.unk, p->scratch);
    else if (!null) pack_known(p, v, type);
}

void pack_value(Buf *out, Value v, const Type *type) {
    assert(out->arena);
    Arena *scratch = arena_new(arena_process(out->arena), LIFE_OP, "pack");
    Packer p = {out, scratch, arena_process(scratch)};
    pack(&p, v, type);
    arena_free(scratch);
}

// ---- reading ----

static bool unpack(Arena *arena, Str *bytes, const Type *type, uint32_t depth, Value *out);

static bool unpack_number(Arena *arena, Str *bytes, Value *out) {
    uint64_t precision;
    Str text;
    if (!unpack_varint(bytes, &precision) || precision < 2 || precision > 65536 || !unpack_text(bytes, &text)) return false;
    const Num *num = num_parse(arena, text, (uint32_t)precision);
    if (!num) return false;
    *out = value_num(arena, num);
    return true;
}

static bool unpack_unknown(Arena *arena, Str *bytes, const Type *type, Value *out) {
    uint64_t flags, min, max;
    if (!unpack_varint(bytes, &flags)) return false;
    if (flags == 0) {
        *out = value_unknown(type_process(arena), type);
        return true;
    }
    Unknown u = {.type = type, .not_null = flags & REFINED_NOT_NULL, .has_length = flags & REFINED_LENGTH,
                 .max_length = UINT32_MAX, .min_inclusive = flags & REFINED_MIN_IN, .max_inclusive = flags & REFINED_MAX_IN};
    if (u.has_length) {
        if (!unpack_varint(bytes, &min) || !unpack_varint(bytes, &max) || min > UINT32_MAX || max > UINT32_MAX) return false;
        u.min_length = (uint32_t)min;
        u.max_length = (uint32_t)max;
    }
    if ((flags & REFINED_PREFIX) && !unpack_text(bytes, &u.prefix)) return false;
    u.prefix = str_copy(arena, u.prefix);
    if ((flags & REFINED_MIN) && !unpack_number(arena, bytes, &u.min)) return false;
    if ((flags & REFINED_MAX) && !unpack_number(arena, bytes, &u.max)) return false;
    *out = value_refined(arena, &u);
    return true;
}

static bool unpack_marks(Process *p, Str *bytes, Marks *out) {
    uint64_t bits, n;
    if (!unpack_varint(bytes, &bits) || bits > 3 || !unpack_varint(bytes, &n) || n > bytes->n) return false;
    *out = (Marks)bits;
    for (uint64_t i = 0; i < n; i++) {
        Str message;
        if (!unpack_text(bytes, &message)) return false;
        *out = marks_union(p, *out, marks_deprecated(p, message));
    }
    return true;
}

static bool unpack_collection(Arena *arena, Str *bytes, const Type *type, uint32_t depth, Value *out) {
    uint64_t n;
    if (!unpack_varint(bytes, &n) || n > bytes->n) return false; // an element is a byte at least
    if (type->kind == TYPE_MAP) {
        MapItem *items = ARENA_ARRAY(arena, MapItem, n + 1);
        for (uint64_t i = 0; i < n; i++) {
            if (!unpack_text(bytes, &items[i].key) || !unpack(arena, bytes, type->elem, depth, &items[i].value)) return false;
            items[i].key = str_copy(arena, items[i].key);
        }
        *out = value_map(arena, type->elem, items, (uint32_t)n);
        return true;
    }
    Value *at = ARENA_ARRAY(arena, Value, n + 1);
    for (uint64_t i = 0; i < n; i++)
        if (!unpack(arena, bytes, type->elem, depth, &at[i])) return false;
    *out = type->kind == TYPE_SET ? value_set(arena, type->elem, at, (uint32_t)n)
                                  : value_list(arena, type->elem, at, (uint32_t)n);
    return true;
}

static bool unpack_fields(Arena *arena, Str *bytes, const Type *type, uint32_t depth, Value *out) {
    Value *at = ARENA_ARRAY(arena, Value, type->n + 1);
    for (uint32_t i = 0; i < type->n; i++)
        if (!unpack(arena, bytes, type->types[i], depth, &at[i])) return false;
    *out = type->kind == TYPE_TUPLE ? value_tuple(arena, at, type->n)
                                    : value_object(arena, shape_of_type(arena_process(arena), type), at);
    return true;
}

static bool unpack_known(Arena *arena, Str *bytes, const Type *type, uint32_t depth, Value *out) {
    Str text;
    switch ((TypeKind)type->kind) {
    case TYPE_DYNAMIC: return false;
    case TYPE_STRING:
        if (!unpack_text(bytes, &text)) return false;
        *out = value_string(arena, text);
        return true;
    case TYPE_BOOL:
        if (bytes->n == 0 || (uint8_t)bytes->p[0] > 1) return false;
        *out = value_bool(bytes->p[0]);
        *bytes = str_slice(*bytes, 1, bytes->n);
        return true;
    case TYPE_NUMBER: return unpack_number(arena, bytes, out);
    case TYPE_LIST:
    case TYPE_SET:
    case TYPE_MAP: return unpack_collection(arena, bytes, type, depth, out);
    case TYPE_TUPLE:
    case TYPE_OBJECT: return unpack_fields(arena, bytes, type, depth, out);
    }
    return false;
}

static bool unpack(Arena *arena, Str *bytes, const Type *type, uint32_t depth, Value *out) {
    Process *p = arena_process(arena);
    if (depth >= LIMIT_VALUE_DEPTH) return false;
    if (type->kind == TYPE_DYNAMIC) {
        Str text;
        if (!unpack_text(bytes, &text) || !(type = type_from_json(p, text))) return false;
    }
    if (bytes->n == 0) return false;
    uint8_t tag = (uint8_t)bytes->p[0];
    *bytes = str_slice(*bytes, 1, bytes->n);
    Marks marks = 0;
    if ((tag & TAG_MARKED) && !unpack_marks(p, bytes, &marks)) return false;
    if (tag & TAG_UNKNOWN) {
        if (!unpack_unknown(arena, bytes, type, out)) return false;
    } else if (tag & TAG_NULL) {
        *out = value_null(p, type);
    } else if ((tag & TAG_KIND) != type->kind || !unpack_known(arena, bytes, type, depth + 1, out)) {
        return false;
    }
    if (marks) *out = value_with_marks(*out, marks);
    return true;
}

bool unpack_value(Arena *arena, Str *bytes, const Type *type, Value *out) { return unpack(arena, bytes, type, 0, out); }
