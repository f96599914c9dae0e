// Values of an answer: the conversions that all protocols share.
#include "providers/aws/client/protocol.h"

#include "engine/base/clock.h"
#include "providers/aws/client/text.h"

Value output_null(Arena *arena, const AwsShape *shape) {
    Process *process = arena_process(arena);
    switch (shape->kind) {
    case AWS_STRING:
    case AWS_BLOB:
    case AWS_TIMESTAMP: return value_null(process, type_string(process));
    case AWS_BOOLEAN: return value_null(process, type_bool(process));
    case AWS_INTEGER:
    case AWS_DOUBLE: return value_null(process, type_number(process));
    default: return value_null(process, type_dynamic(process));
    }
}

ObjectData *output_structure(Arena *arena, const AwsShape *shape) {
    ObjectData *data = value_object_data(arena, shape->object);
    for (uint32_t i = 0; i < shape->n; i++)
        *output_member(data, shape, i) = output_null(arena, shape->members[i].shape);
    return data;
}

Value output_blob(Arena *arena, Str bytes) {
    Buf text = buf_in(arena);
    text_base64(&text, bytes);
    return value_string_raw(arena, buf_str(&text));
}

// Checked and made canonical; a blob that is not base64 is no reason to lose an answer.
static Value blob_from_text(Arena *arena, Str text) {
    Str bytes;
    return text_base64_decode(arena, text, &bytes) ? output_blob(arena, bytes) : value_string(arena, text);
}

bool output_scalar(Arena *arena, const AwsMember *member, Str text, Value *out) {
    switch (member->shape->kind) {
    case AWS_STRING: *out = value_string(arena, text); return true;
    case AWS_BLOB: *out = blob_from_text(arena, text); return true;
    case AWS_BOOLEAN:
        text = str_trim(text);
        *out = value_bool(text_same(text, STR("true")));
        return text_same(text, STR("true")) || text_same(text, STR("false"));
    case AWS_TIMESTAMP: {
        int64_t ns;
        if (!text_time_parse(text, &ns)) return false;
        Buf time = buf_in(arena);
        clock_rfc3339(ns, 9, true, &time);
        *out = value_string_raw(arena, buf_str(&time));
        return true;
    }
    case AWS_INTEGER:
    case AWS_DOUBLE: {
        text = str_trim(text);
        const Num *num = num_parse(arena, text, NUM_PRECISION_TEXT);
        if (num) *out = value_num(arena, num);
        if (num || !(str_eqz(text, "NaN") || str_eqz(text, "Infinity") || str_eqz(text, "-Infinity"))) return num;
        *out = value_string(arena, text);
        return true;
    }
    default: return false;
    }
}
