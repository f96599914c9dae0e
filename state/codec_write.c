#include "state/codec_object.h"

#include <stdio.h>

static void write_text(JsonWriter *w, Str key, Str text) {
    json_key(w, key);
    json_string(w, text);
}

static void write_raw(JsonWriter *w, Str key, Str raw) {
    json_key(w, key);
    codec_raw(w, raw);
}

static void write_u64(JsonWriter *w, Str key, uint64_t u) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)u);
    json_key(w, key);
    json_raw(w, str_make(digits, (size_t)n));
}

static void write_true(JsonWriter *w, Str key, bool yes) {
    if (!yes) return;
    json_key(w, key);
    json_bool(w, true);
}

static void write_unknown(JsonWriter *w, Arena *arena, Str unknown) {
    if (!unknown.n) return;
    JsonReader r = json_reader(arena, unknown);
    json_next(&r);
    while (json_next(&r) == JSON_KEY) {
        Str raw;
        json_key(w, r.string);
        if (!json_skip(&r, &raw)) raw = STR("null");
        codec_raw(w, raw);
    }
}

static void write_dependencies(JsonWriter *w, const StateObject *o) {
    if (o->dependency_count == 0) return;
    json_key(w, STR("dependencies"));
    json_open_array(w);
    for (uint32_t i = 0; i < o->dependency_count; i++) json_string(w, o->dependencies[i]);
    json_close_array(w);
}

static void write_key(JsonWriter *w, InstanceKey key) {
    if (key.kind == KEY_NONE) return;
    json_key(w, STR("index_key"));
    if (key.kind == KEY_INT)
        json_int(w, key.i);
    else
        json_string(w, key.s);
}

void codec_write_object(JsonWriter *w, Arena *scratch, const StateObject *o, Str provider) {
    json_open_object(w);
    write_key(w, o->key);
    if (o->tainted) write_text(w, STR("status"), STR("tainted"));
    if (o->deposed.n) write_text(w, STR("deposed"), o->deposed);
    if (o->provider.n)
        write_text(w, STR("provider"), o->provider);
    else if (provider.n)
        write_text(w, STR("provider"), provider);
    write_u64(w, STR("schema_version"), o->schema_version);
    if (o->attributes.n)
        write_raw(w, STR("attributes"), o->attributes);
    else if (!o->attributes_flat.n)
        write_raw(w, STR("attributes"), STR("{}"));
    if (o->attributes_flat.n) write_raw(w, STR("attributes_flat"), o->attributes_flat);
    write_raw(w, STR("sensitive_attributes"), o->sensitive.n ? o->sensitive : STR("[]"));
    if (o->private_bytes.n) write_text(w, STR("private"), o->private_bytes);
    write_dependencies(w, o);
    write_true(w, STR("create_before_destroy"), o->create_before_destroy);
    write_true(w, STR("skip_destroy"), o->skip_destroy);
    if (o->identity.n) write_raw(w, STR("identity"), o->identity);
    if (o->identity.n && o->has_identity_version) write_u64(w, STR("identity_schema_version"), o->identity_version);
    write_unknown(w, scratch, o->unknown);
    json_close_object(w);
}

static void write_resource(JsonWriter *w, Arena *arena, const StateResource *r) {
    bool per_object = false;
    for (uint32_t i = 0; i < r->n && !per_object; i++) per_object = r->objects[i].provider.n > 0;
    json_open_object(w);
    if (r->module.n) write_text(w, STR("module"), r->module);
    write_text(w, STR("mode"), r->data ? STR("data") : STR("managed"));
    write_text(w, STR("type"), r->type);
    write_text(w, STR("name"), r->name);
    if (!per_object) write_text(w, STR("provider"), r->provider);
    json_key(w, STR("instances"));
    json_open_array(w);
    for (uint32_t i = 0; i < r->n; i++)
        codec_write_object(w, arena, &r->objects[i], per_object ? r->provider : STR_NONE);
    json_close_array(w);
    write_unknown(w, arena, r->unknown);
    json_close_object(w);
}

static void write_outputs(JsonWriter *w, const Snapshot *s) {
    json_key(w, STR("outputs"));
    json_open_object(w);
    for (uint32_t i = 0; i < s->output_count; i++) {
        const StateOutput *o = &s->outputs[i];
        json_key(w, o->name);
        json_open_object(w);
        write_raw(w, STR("value"), o->value);
        write_raw(w, STR("type"), o->type);
        write_true(w, STR("sensitive"), o->sensitive);
        if (o->deprecated.n) write_text(w, STR("deprecated"), o->deprecated);
        json_close_object(w);
    }
    json_close_object(w);
}

static void write_head(JsonWriter *w, uint64_t serial, Str lineage) {
    json_open_object(w);
    write_u64(w, STR("version"), 4);
    write_text(w, STR("terraform_version"), STR(STATE_TERRAFORM_VERSION));
    write_u64(w, STR("serial"), serial);
    write_text(w, STR("lineage"), lineage);
}

void codec_write(Snapshot *s, JsonWriter *w) {
    snapshot_settle(s);
    Arena *scratch = arena_new(arena_process(s->arena), LIFE_OP, "state write");
    w->escape_html = true;
    write_head(w, s->serial, s->lineage);
    write_outputs(w, s);
    json_key(w, STR("resources"));
    json_open_array(w);
    for (uint32_t i = 0; i < s->resource_count; i++) write_resource(w, scratch, &s->resources[i]);
    json_close_array(w);
    write_raw(w, STR("check_results"), s->check_results.n ? s->check_results : STR("null"));
    write_unknown(w, scratch, s->unknown);
    json_close_object(w);
    buf_z(w->out, w->indent ? "\n\n" : "\n");
    arena_free(scratch);
}

void codec_encode(Snapshot *s, bool indent, Buf *out) {
    JsonWriter w = json_writer(out, indent ? 2 : 0);
    codec_write(s, &w);
}

// What follows the members of the head, when they are all there and come first.
static bool content_of(Arena *scratch, Str bytes, Str *content) {
    JsonReader r = json_reader(scratch, bytes);
    if (json_next(&r) != JSON_OBJECT_OPEN) return false;
    for (int i = 0; json_next(&r) == JSON_KEY; i++) {
        if (i == 4) {
            *content = str_slice(bytes, r.token_start, bytes.n);
            return str_eqz(r.string, "outputs");
        }
        if (!json_skip(&r, NULL)) return false;
    }
    return false;
}

// Written in our own form: as this level of the language writes it, so that another text is another content.
static bool form_is_ours(Arena *scratch, Str bytes, bool indent) {
    CodecHead head;
    if (!codec_head(scratch, bytes, &head)) return false;
    Buf ours = buf_in(scratch);
    JsonWriter w = json_writer(&ours, indent ? 2 : 0);
    w.escape_html = true;
    write_head(&w, head.serial, head.lineage);
    return str_starts(bytes, buf_str(&ours));
}

bool codec_same(Snapshot *s, Str encoded, Str bytes) {
    Arena *scratch = arena_new(arena_process(s->arena), LIFE_OP, "state compare");
    bool indent = encoded.n > 1 && encoded.p[1] == '\n', same = false;
    Str ours, theirs;
    bool have = content_of(scratch, encoded, &ours);
    if (have && content_of(scratch, bytes, &theirs) && str_eq(ours, theirs)) {
        same = true;
    } else if (have && !form_is_ours(scratch, bytes, indent)) {
        Diags ignored = diags_in(scratch);
        Snapshot *stored = codec_read(scratch, bytes, STR("state"), &ignored);
        Buf again = {0};
        if (stored) {
            codec_encode(stored, indent, &again);
            same = content_of(scratch, buf_str(&again), &theirs) && str_eq(ours, theirs);
        }
        buf_free(&again);
    }
    arena_free(scratch);
    return same;
}
