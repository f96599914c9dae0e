#include "state/codec_head.h"

static bool head_u64(JsonReader *r, uint64_t *out) {
    int64_t i;
    if (json_next(r) != JSON_NUMBER || !str_to_i64(r->string, &i) || i < 0) return false;
    *out = (uint64_t)i;
    return true;
}

static bool head_text(Arena *arena, JsonReader *r, Str *out) {
    if (json_next(r) != JSON_STRING) return false;
    *out = str_copy(arena, r->string);
    return true;
}

CodecForm codec_form(Arena *arena, Str bytes, bool whole, CodecHead *head) {
    *head = (CodecHead){0};
    JsonReader r = json_reader(arena, bytes);
    if (json_next(&r) != JSON_OBJECT_OPEN) return FORM_NOT_JSON;
    CodecForm form = FORM_NO_VERSION;
    JsonToken t;
    while ((t = json_next(&r)) == JSON_KEY) {
        bool read;
        if (str_eqz(r.string, "version")) {
            read = head_u64(&r, &head->version);
            form = FORM_STATE;
            if (!whole && read) return form;
        } else if (str_eqz(r.string, "serial")) {
            read = head_u64(&r, &head->serial);
        } else if (str_eqz(r.string, "lineage")) {
            read = head_text(arena, &r, &head->lineage);
        } else if (str_eqz(r.string, "terraform_version")) {
            read = head_text(arena, &r, &head->terraform_version);
        } else {
            if (str_eqz(r.string, "encrypted_data") && form == FORM_NO_VERSION) form = FORM_ENCRYPTED;
            read = json_skip(&r, NULL);
        }
        if (!read) return r.error ? FORM_NOT_JSON : FORM_BAD_HEAD;
    }
    return t == JSON_OBJECT_CLOSE && json_next(&r) == JSON_END ? form : FORM_NOT_JSON;
}

bool codec_head(Arena *arena, Str bytes, CodecHead *out) { return codec_form(arena, bytes, true, out) == FORM_STATE; }
