// Helpers of the function families.
#include "engine/eval/funcs/funcs.h"
#include "engine/value/convert.h"
#include "engine/value/json.h"

bool call_int(FuncCall *call, uint32_t i, bool name_arg, int64_t *out) {
    if (value_to_i64(call->args[i], out)) return true;
    return func_fail(call, name_arg ? (int32_t)i : -1,
                     "value must be a whole number, between -9223372036854775808 and 9223372036854775807");
}

bool call_number(FuncCall *call, Value *v) {
    return v->kind == TYPE_NUMBER || convert_value(call->arena, *v, type_number(call_process(call)), v, NULL);
}

bool call_string(FuncCall *call, Str text, Value *out) {
    *out = value_string(call->arena, text);
    return true;
}

const char *call_z(FuncCall *call, Str text) { return str_to_z(call->arena, text); }

Str call_quote(FuncCall *call, Str text, Marks marks) {
    bool sensitive = marks & MARK_SENSITIVE, ephemeral = marks & MARK_EPHEMERAL;
    if (ephemeral) return sensitive ? STR("(ephemeral sensitive value)") : STR("(ephemeral value)");
    if (sensitive) return STR("(sensitive value)");
    Buf out = buf_in(call->arena);
    json_escape(&out, text, false);
    return buf_str(&out);
}

Str call_friendly(FuncCall *call, const Type *type) {
    Buf out = buf_in(call->arena);
    type_friendly(type, &out);
    return buf_str(&out);
}

Str call_json(FuncCall *call, Value v) {
    Buf out = buf_in(call->arena);
    JsonWriter w = json_writer(&out, 0);
    w.escape_html = true;
    json_value(&w, v, NULL, JSON_IMPLIED);
    return buf_str(&out);
}

const Type *result_first(FuncCall *call) { return value_type(call_process(call), call->args[0]); }

bool call_base64(FuncCall *call, Str text, Str *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Buf clean = buf_in(call->arena);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\n' && text.p[i] != '\r') buf_char(&clean, text.p[i]);
    }
    size_t padding = 0;
    while (padding < 2 && padding < clean.n && clean.p[clean.n - 1 - padding] == '=') padding++;
    if (padding && clean.n > padding) {
        char *last = &clean.p[clean.n - 1 - padding];
        const char *digit = strchr(digits, *last);
        int unused = padding == 1 ? 3 : 15;
        if (*last && digit) *last = digits[(digit - digits) & ~unused];
    }
    return base64_decode(call->arena, buf_str(&clean), out);
}
