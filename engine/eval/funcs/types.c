// Types and marks.
#include "engine/eval/funcs/funcs.h"
#include "engine/value/convert.h"

static const char *constraint_name(const Type *want) {
    switch ((TypeKind)want->kind) {
    case TYPE_STRING: return "string";
    case TYPE_NUMBER: return "number";
    case TYPE_BOOL: return "bool";
    case TYPE_LIST: return "list of any single type";
    case TYPE_SET: return "set of any single type";
    default: return "map of any single type";
    }
}

static bool cannot_convert(FuncCall *call, Value v, const Type *want) {
    const char *name = constraint_name(want);
    const char *from = call_z(call, call_friendly(call, value_type(call_process(call), v)));
    Marks marks = marks_deep(call_process(call), v);
    if (marks & MARK_EPHEMERAL) return func_fail(call, 0, "cannot convert this ephemeral %s to %s", from, name);
    if (marks & MARK_SENSITIVE) return func_fail(call, 0, "cannot convert this sensitive %s to %s", from, name);
    if (v.kind == TYPE_STRING && value_is_set(v) && type_is_primitive(want)) {
        const char *hint = want->kind == TYPE_BOOL ? "only the strings \"true\" or \"false\" are allowed"
                                                   : "given string must be a decimal representation of a number";
        return func_fail(call, 0, "cannot convert %s to %s; %s", call_z(call, call_quote(call, value_str(v), 0)), name,
                         hint);
    }
    return func_fail(call, 0, "cannot convert %s to %s", from, name);
}

static bool convert_to(FuncCall *call, const Type *want, Value *out) {
    Value v = call->args[0];
    return convert_value(call->arena, v, want, out, NULL) || cannot_convert(call, v, want);
}

static const Type *want_of(FuncCall *call, TypeKind kind) {
    Process *p = call_process(call);
    switch (kind) {
    case TYPE_STRING: return type_string(p);
    case TYPE_NUMBER: return type_number(p);
    case TYPE_BOOL: return type_bool(p);
    case TYPE_LIST: return type_list(p, type_dynamic(p));
    case TYPE_SET: return type_set(p, type_dynamic(p));
    default: return type_map(p, type_dynamic(p));
    }
}

// The type for an unknown argument, or NULL after an error when it cannot be converted. As in the peer, the type of
// elements is not carried over.
static const Type *converted_type(FuncCall *call, TypeKind kind) {
    const Type *want = want_of(call, kind);
    Value v = value_with_marks(call->args[0], 0);
    if (convert_value(call->arena, v, want, &v, NULL)) return want;
    cannot_convert(call, call->args[0], want);
    return NULL;
}

const Type *result_tostring(FuncCall *call) { return converted_type(call, TYPE_STRING); }
const Type *result_tonumber(FuncCall *call) { return converted_type(call, TYPE_NUMBER); }
const Type *result_tobool(FuncCall *call) { return converted_type(call, TYPE_BOOL); }
const Type *result_tolist(FuncCall *call) { return converted_type(call, TYPE_LIST); }
const Type *result_toset(FuncCall *call) { return converted_type(call, TYPE_SET); }
const Type *result_tomap(FuncCall *call) { return converted_type(call, TYPE_MAP); }

bool types_tostring(FuncCall *call, Value *out) { return convert_to(call, want_of(call, TYPE_STRING), out); }
bool types_tonumber(FuncCall *call, Value *out) { return convert_to(call, want_of(call, TYPE_NUMBER), out); }
bool types_tobool(FuncCall *call, Value *out) { return convert_to(call, want_of(call, TYPE_BOOL), out); }
bool types_tolist(FuncCall *call, Value *out) { return convert_to(call, want_of(call, TYPE_LIST), out); }
bool types_toset(FuncCall *call, Value *out) { return convert_to(call, want_of(call, TYPE_SET), out); }
bool types_tomap(FuncCall *call, Value *out) { return convert_to(call, want_of(call, TYPE_MAP), out); }

bool types_sensitive(FuncCall *call, Value *out) {
    *out = marks_add(call_process(call), call->args[0], MARK_SENSITIVE);
    return true;
}

bool types_nonsensitive(FuncCall *call, Value *out) {
    Value v = call->args[0];
    *out = value_with_marks(v, (Marks)(v.marks & ~MARK_SENSITIVE));
    return true;
}

bool types_issensitive(FuncCall *call, Value *out) {
    Value v = call->args[0];
    Process *p = call_process(call);
    *out = value_is_known(v) ? value_bool(value_is_sensitive(v)) : value_unknown(p, type_bool(p));
    return true;
}

static Value without_ephemeral(FuncCall *call, Value v) {
    Process *p = call_process(call);
    if (!(v.bits & VALUE_MARKED_INSIDE)) return v;
    Marks kept = (Marks)(v.marks & ~MARK_EPHEMERAL);
    if (v.marks & MARK_EPHEMERAL) {
        const Type *type = value_type(p, v);
        return value_with_marks(value_is_unknown(v) ? value_unknown(p, type) : value_null(p, type), kept);
    }
    uint32_t n = value_parts(v);
    if (n == 0) return v;
    Value *parts = ARENA_ARRAY(call->arena, Value, n);
    for (uint32_t i = 0; i < n; i++) parts[i] = without_ephemeral(call, value_part(v, i));
    return value_with_parts(call->arena, v, parts);
}

bool types_ephemeralasnull(FuncCall *call, Value *out) {
    *out = without_ephemeral(call, call->args[0]);
    return true;
}

// Reached only when the arguments could be evaluated: they are successes then.
bool types_try(FuncCall *call, Value *out) {
    if (call->n == 0) return func_fail(call, -1, "at least one argument is required");
    *out = call->args[0];
    if (value_is_whole(*out)) return true;
    *out = value_unknown(call_process(call), type_dynamic(call_process(call)));
    return true;
}

bool types_can(FuncCall *call, Value *out) {
    Process *p = call_process(call);
    *out = value_is_whole(call->args[0]) ? value_bool(true) : value_unknown(p, type_bool(p));
    return true;
}

// 16 random bytes; unlike a version 4 UUID no bit is fixed.
bool types_uuid(FuncCall *call, Value *out) {
    uint8_t bytes[16];
    Process *process = call_process(call);
    process->random(process, bytes, sizeof bytes);
    Buf text = buf_in(call->arena);
    for (int i = 0; i < 16; i++) {
        buf_format(&text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned)bytes[i]);
    }
    return call_string(call, buf_str(&text), out);
}
