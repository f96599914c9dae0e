#include "providers/aws/core/errors.h"

#include "engine/base/clock.h"

bool error_matches(const AwsError *error, Str pattern) {
    int64_t status;
    if (pattern.n == 3 && str_to_i64(pattern, &status)) return error->status == (int)status;
    if (!error->code.n) return false;
    ptrdiff_t colon = str_find(pattern, STR(": "));
    Str code = colon < 0 ? pattern : str_slice(pattern, 0, (size_t)colon);
    bool open = code.n && code.p[code.n - 1] == '*';
    if (open ? !str_starts(error->code, str_slice(code, 0, code.n - 1)) : !str_eq(error->code, code)) return false;
    return colon < 0 || str_find(error->message, str_slice(pattern, (size_t)colon + 2, pattern.n)) >= 0;
}

bool error_in(const AwsError *error, Value patterns) {
    for (uint32_t i = 0; i < value_parts(patterns); i++) {
        Value p = value_part(patterns, i);
        if (value_is_set(p) && p.kind == TYPE_STRING && error_matches(error, value_str(p))) return true;
    }
    return false;
}

int64_t error_duration(Value v, int64_t deadline_ns, int64_t otherwise) {
    int64_t ns;
    if (!value_is_set(v) || v.kind != TYPE_STRING) return otherwise;
    if (str_eqz(value_str(v), "deadline")) return deadline_ns;
    return clock_parse_duration(value_str(v), &ns) ? ns : otherwise;
}

int64_t error_retry(const AwsError *error, Value retry, int64_t deadline_ns) {
    for (uint32_t i = 0; i < value_parts(retry); i++) {
        Str pattern = retry.kind == TYPE_MAP ? retry.map->at[i].key : name_str(retry.obj->shape->names[i]);
        if (error_matches(error, pattern)) return error_duration(value_part(retry, i), deadline_ns, 0);
    }
    return 0;
}

bool error_not_found(Frame *f, const AwsError *error) {
    Diags quiet = diags_in(frame_arena(f));
    if (error->status == 0) return false;
    if (error_in(error, frame_eval(f, f->def->not_found, &quiet))) return true;
    const Service *s = f->def->service;
    if (!s || !s->not_found) return false;
    return error_in(error, frame_eval(f, s->not_found, &quiet));
}

bool error_is_general(const AwsError *error) {
    static const char *const codes[] = {
        "ExpiredToken",          "ExpiredTokenException",       "InvalidClientTokenId", "AuthFailure",
        "SignatureDoesNotMatch", "UnrecognizedClientException", "RequestCanceled",      NULL};
    if (error->status == 0 || error->retryable) return true;
    for (int i = 0; codes[i]; i++)
        if (str_eqz(error->code, codes[i])) return true;
    return false;
}

AwsError *error_copy(Arena *arena, const AwsError *error) {
    AwsError *e = ARENA_NEW(arena, AwsError);
    *e = *error;
    e->service = str_copy(arena, error->service);
    e->operation = str_copy(arena, error->operation);
    e->code = str_copy(arena, error->code);
    e->message = str_copy(arena, error->message);
    e->request_id = str_copy(arena, error->request_id);
    return e;
}

Value error_value(Arena *arena, const AwsError *error) {
    Process *p = arena_process(arena);
    Name names[2] = {name_of(p, STR("code")), name_of(p, STR("message"))};
    Value values[2] = {value_string(arena, error->code), value_string(arena, error->message)};
    return value_object_of(arena, names, values, 2);
}
