#include "state/journal_code.h"

#include "state/codec_object.h"
#include "state/crc32c.h"

#include <assert.h>
#include <stdio.h>

static void put_u32(char *p, uint32_t u) {
    for (int i = 0; i < 4; i++) p[i] = (char)(u >> (8 * i));
}

static uint32_t get_u32(const char *p) {
    uint32_t u = 0;
    for (int i = 0; i < 4; i++) u |= (uint32_t)(unsigned char)p[i] << (8 * i);
    return u;
}

static size_t frame_open(Buf *out, JournalKind kind) {
    size_t start = out->n;
    char head[JOURNAL_FRAME] = {0};
    head[8] = (char)kind;
    buf_bytes(out, head, sizeof head);
    return start;
}

static void frame_close(Buf *out, size_t start) {
    size_t n = out->n - start - JOURNAL_FRAME;
    assert(n < UINT32_MAX);
    put_u32(out->p + start, (uint32_t)n);
    put_u32(out->p + start + 4, crc32c(0, str_make(out->p + start + 8, n + 1)));
}

static bool all_zero(Str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i]) return false;
    return true;
}

// What was not synced may be cut off, or be there in length only. Anything else that does not fit its checksum is
// damage.
FrameKind journal_frame(Str file, size_t *at, uint8_t *kind, Str *payload) {
    Str rest = str_slice(file, *at, file.n);
    if (rest.n == 0) return FRAME_END;
    if (rest.n < JOURNAL_FRAME || get_u32(rest.p) > rest.n - JOURNAL_FRAME) return FRAME_TORN;
    size_t n = get_u32(rest.p);
    if (crc32c(0, str_make(rest.p + 8, n + 1)) != get_u32(rest.p + 4) || rest.p[8] == 0)
        return n + JOURNAL_FRAME == rest.n || all_zero(rest) ? FRAME_TORN : FRAME_DAMAGED;
    *kind = (uint8_t)rest.p[8];
    *payload = str_make(rest.p + JOURNAL_FRAME, n);
    *at += n + JOURNAL_FRAME;
    return FRAME_GOOD;
}

static void put_text(JsonWriter *w, Str name, Str text) {
    if (!text.n) return;
    json_key(w, name);
    json_string(w, text);
}

static void put_number(JsonWriter *w, Str name, uint64_t u) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)u);
    json_key(w, name);
    json_raw(w, str_make(digits, (size_t)n));
}

static void put_raw(JsonWriter *w, Str name, Str json) {
    if (!json.n) return;
    json_key(w, name);
    codec_raw(w, json);
}

static void put_true(JsonWriter *w, Str name, bool yes) {
    if (!yes) return;
    json_key(w, name);
    json_bool(w, true);
}

void journal_encode_head(const JournalHead *head, Buf *out) {
    size_t start = frame_open(out, JOURNAL_HEAD);
    JsonWriter w = json_writer(out, 0);
    Buf lock = {0};
    if (head->lock.id.n) lock_encode(&head->lock, &lock);
    json_open_object(&w);
    put_raw(&w, STR("lock"), buf_str(&lock));
    put_text(&w, STR("lineage"), head->lineage);
    put_number(&w, STR("serial"), head->serial);
    put_text(&w, STR("host"), head->host);
    put_text(&w, STR("boot_id"), head->boot_id);
    json_key(&w, STR("pid"));
    json_int(&w, head->pid);
    json_key(&w, STR("start_time"));
    json_int(&w, head->start_time);
    json_close_object(&w);
    buf_free(&lock);
    frame_close(out, start);
}

static void put_subject(JsonWriter *w, const JournalRecord *r) {
    put_number(w, STR("action"), (uint64_t)r->action);
    put_text(w, STR("address"), r->address);
    put_text(w, STR("module"), r->module);
    put_text(w, STR("type"), r->type);
    put_text(w, STR("name"), r->name);
    put_true(w, STR("data"), r->data);
    if (r->key.kind != KEY_NONE) json_key(w, STR("key"));
    if (r->key.kind == KEY_INT) json_int(w, r->key.i);
    if (r->key.kind == KEY_STRING) json_string(w, r->key.s);
    put_text(w, STR("deposed"), r->deposed);
    put_text(w, STR("provider"), r->provider);
}

void journal_encode(const JournalRecord *r, Buf *out) {
    size_t start = frame_open(out, r->kind);
    JsonWriter w = json_writer(out, 0);
    json_open_object(&w);
    if (r->op) put_number(&w, STR("op"), r->op);
    if (r->kind <= JOURNAL_FAILED) put_subject(&w, r);
    put_text(&w, STR("token"), r->token);
    put_raw(&w, STR("planned"), r->planned);
    put_raw(&w, STR("before"), r->before);
    put_true(&w, STR("gone"), r->gone);
    if (r->has_object) {
        StateObject o = r->object;
        o.unknown = STR_NONE; // of another version's object; this one was made here
        json_key(&w, STR("object"));
        codec_write_object(&w, NULL, &o, STR_NONE);
    }
    put_raw(&w, STR("outputs"), r->outputs);
    if (r->kind == JOURNAL_SAVING) {
        put_number(&w, STR("serial"), r->serial);
        put_number(&w, STR("size"), r->size);
        put_number(&w, STR("crc"), r->crc);
    }
    json_close_object(&w);
    frame_close(out, start);
}

static bool get_text(Arena *arena, JsonReader *r, Str *out) {
    if (json_next(r) != JSON_STRING) return false;
    *out = str_copy(arena, r->string);
    return true;
}

static bool get_number(JsonReader *r, uint64_t *out) {
    if (json_next(r) != JSON_NUMBER) return false;
    uint64_t u = 0;
    for (size_t i = 0; i < r->string.n; i++) {
        char c = r->string.p[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(u, 10, &u) ||
            __builtin_add_overflow(u, (uint64_t)(c - '0'), &u))
            return false;
    }
    *out = u;
    return true;
}

static bool get_signed(JsonReader *r, int64_t *out) {
    return json_next(r) == JSON_NUMBER && str_to_i64(r->string, out);
}

static bool get_head_member(Arena *arena, JsonReader *r, JournalHead *head) {
    Str key = r->string, raw;
    if (str_eqz(key, "lock")) return json_skip(r, &raw) && lock_decode(arena, raw, &head->lock);
    if (str_eqz(key, "lineage")) return get_text(arena, r, &head->lineage);
    if (str_eqz(key, "serial")) return get_number(r, &head->serial);
    if (str_eqz(key, "host")) return get_text(arena, r, &head->host);
    if (str_eqz(key, "boot_id")) return get_text(arena, r, &head->boot_id);
    if (str_eqz(key, "pid")) return get_signed(r, &head->pid);
    if (str_eqz(key, "start_time")) return get_signed(r, &head->start_time);
    return json_skip(r, NULL);
}

bool journal_decode_head(Arena *arena, Str payload, JournalHead *out) {
    *out = (JournalHead){0};
    JsonReader r = json_reader(arena, payload);
    if (json_next(&r) != JSON_OBJECT_OPEN) return false;
    JsonToken t;
    while ((t = json_next(&r)) == JSON_KEY)
        if (!get_head_member(arena, &r, out)) return false;
    return t == JSON_OBJECT_CLOSE;
}

static bool get_key(Arena *arena, JsonReader *r, InstanceKey *key) {
    JsonToken t = json_next(r);
    if (t == JSON_STRING) {
        *key = (InstanceKey){KEY_STRING, 0, str_copy(arena, r->string)};
        return true;
    }
    key->kind = KEY_INT;
    return t == JSON_NUMBER && str_to_i64(r->string, &key->i);
}

static bool get_action(JsonReader *r, JournalAction *action) {
    uint64_t u;
    if (!get_number(r, &u) || u > ACT_FORGET) return false;
    *action = (JournalAction)u;
    return true;
}

static bool get_crc(JsonReader *r, uint32_t *crc) {
    uint64_t u;
    if (!get_number(r, &u) || u > UINT32_MAX) return false;
    *crc = (uint32_t)u;
    return true;
}

static bool get_true(JsonReader *r, bool *out) {
    *out = true;
    return json_next(r) == JSON_TRUE;
}

static bool get_member(Arena *arena, JsonReader *r, JournalRecord *out) {
    Str key = r->string;
    if (str_eqz(key, "op")) return get_number(r, &out->op);
    if (str_eqz(key, "action")) return get_action(r, &out->action);
    if (str_eqz(key, "address")) return get_text(arena, r, &out->address);
    if (str_eqz(key, "module")) return get_text(arena, r, &out->module);
    if (str_eqz(key, "type")) return get_text(arena, r, &out->type);
    if (str_eqz(key, "name")) return get_text(arena, r, &out->name);
    if (str_eqz(key, "data")) return get_true(r, &out->data);
    if (str_eqz(key, "key")) return get_key(arena, r, &out->key);
    if (str_eqz(key, "deposed")) return get_text(arena, r, &out->deposed);
    if (str_eqz(key, "provider")) return get_text(arena, r, &out->provider);
    if (str_eqz(key, "token")) return get_text(arena, r, &out->token);
    if (str_eqz(key, "planned")) return json_skip(r, &out->planned);
    if (str_eqz(key, "before")) return json_skip(r, &out->before);
    if (str_eqz(key, "gone")) return get_true(r, &out->gone);
    if (str_eqz(key, "object")) return out->has_object = true, codec_read_object(arena, r, &out->object);
    if (str_eqz(key, "outputs")) return json_skip(r, &out->outputs);
    if (str_eqz(key, "serial")) return get_number(r, &out->serial);
    if (str_eqz(key, "size")) return get_number(r, &out->size);
    if (str_eqz(key, "crc")) return get_crc(r, &out->crc);
    return json_skip(r, NULL);
}

bool journal_decode(Arena *arena, JournalKind kind, Str payload, JournalRecord *out) {
    if (kind < JOURNAL_INTENT || kind > JOURNAL_SAVING) return false;
    *out = (JournalRecord){.kind = kind};
    JsonReader r = json_reader(arena, payload);
    if (json_next(&r) != JSON_OBJECT_OPEN) return false;
    JsonToken t;
    while ((t = json_next(&r)) == JSON_KEY)
        if (!get_member(arena, &r, out)) return false;
    if (t != JSON_OBJECT_CLOSE) return false;
    out->object.key = out->key;
    out->object.deposed = out->deposed;
    if (!codec_is_deposed(out->deposed)) return false;
    bool outcome = kind == JOURNAL_RESULT || kind == JOURNAL_FAILED;
    if ((out->has_object && !outcome) || (kind == JOURNAL_INTENT && !out->op)) return false;
    return kind > JOURNAL_FAILED || (out->address.n && out->type.n && out->name.n);
}
