#include "engine/report/json_out.h"

#include "state/codec.h"

#define JSON_CHUNK 8192u

static bool out_flushed(void *ctx, Buf *buf) {
    (void)buf;
    out_flush(ctx);
    return true;
}

JsonWriter json_out(Out *out) {
    JsonWriter w = json_writer(&out->buf, 0);
    w.escape_html = true;
    w.flush = out_flushed;
    w.flush_ctx = out;
    w.flush_at = JSON_CHUNK;
    return w;
}

void json_text_field(JsonWriter *w, const char *name, Str text) {
    json_field(w, name);
    json_string(w, text);
}

void json_text_field_if(JsonWriter *w, const char *name, Str text) {
    if (text.n) json_text_field(w, name, text);
}

void json_instance_key(JsonWriter *w, InstanceKey key) {
    if (key.kind == KEY_INT)
        json_int(w, key.i);
    else
        json_string(w, key.s);
}

void json_path(JsonWriter *w, Path path) {
    json_open_array(w);
    for (uint32_t i = 0; i < path.n; i++) {
        if (path.at[i].attr)
            json_string(w, name_str(path.at[i].attr));
        else
            json_known(w, path.at[i].index);
    }
    json_close_array(w);
}

void json_type(JsonWriter *w, const Type *type) {
    Buf text = {0};
    type_to_json(type, &text);
    json_raw(w, buf_str(&text));
    buf_free(&text);
}

void json_address(JsonWriter *w, const char *field, const Subject *s) {
    Buf text = {0};
    subject_address(s, &text);
    json_text_field(w, field, buf_str(&text));
    buf_free(&text);
}

// ---- values ----

static bool is_keyed(Value v) { return v.kind == TYPE_MAP || v.kind == TYPE_OBJECT; }

static Str part_key(Value v, uint32_t i) {
    return v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]);
}

static void json_open(JsonWriter *w, bool keyed) {
    if (keyed)
        json_open_object(w);
    else
        json_open_array(w);
}

static void json_close(JsonWriter *w, bool keyed) {
    if (keyed)
        json_close_object(w);
    else
        json_close_array(w);
}

void json_known(JsonWriter *w, Value v) {
    if (value_is_unknown(v)) {
        json_null(w);
        return;
    }
    if (value_is_whole(v)) {
        json_value(w, v, NULL, JSON_IMPLIED);
        return;
    }
    bool keyed = is_keyed(v);
    json_open(w, keyed);
    for (uint32_t i = 0; i < v.n; i++) {
        Value part = value_part(v, i);
        if (keyed && value_is_unknown(part)) continue;
        if (keyed) json_key(w, part_key(v, i));
        json_known(w, part);
    }
    json_close(w, keyed);
}

static bool has_parts(Value v) { return value_is_set(v) && v.kind >= TYPE_LIST; }

void json_unknown(JsonWriter *w, Value v) {
    if (!has_parts(v)) {
        json_bool(w, value_is_unknown(v));
        return;
    }
    bool keyed = is_keyed(v);
    json_open(w, keyed);
    for (uint32_t i = 0; i < v.n; i++) {
        Value part = value_part(v, i);
        if (keyed && !has_parts(part) && value_is_known(part)) continue;
        if (keyed) json_key(w, part_key(v, i));
        json_unknown(w, part);
    }
    json_close(w, keyed);
}

// Of what kind an unknown collection would be: nothing can be said about its inside, but it has one.
static TypeKind unknown_kind(Value v) { return value_is_unknown(v) ? (TypeKind)v.unk->type->kind : TYPE_DYNAMIC; }

static bool sensitive_plain(Value v) { return !has_parts(v) && unknown_kind(v) < TYPE_LIST; }

void json_sensitive(JsonWriter *w, Value v) {
    if (value_is_sensitive(v) || sensitive_plain(v)) {
        json_bool(w, value_is_sensitive(v));
        return;
    }
    bool keyed = value_is_unknown(v) ? unknown_kind(v) == TYPE_MAP || unknown_kind(v) == TYPE_OBJECT : is_keyed(v);
    json_open(w, keyed);
    for (uint32_t i = 0; has_parts(v) && i < v.n; i++) {
        Value part = value_part(v, i);
        if (keyed && !value_is_sensitive(part) && sensitive_plain(part)) continue;
        if (keyed) json_key(w, part_key(v, i));
        json_sensitive(w, part);
    }
    json_close(w, keyed);
}

// ---- resources ----

void json_resource_head(JsonWriter *w, const Subject *s, uint64_t schema_version) {
    json_address(w, "address", s);
    json_text_field(w, "mode", s->data ? STR("data") : STR("managed"));
    json_text_field(w, "type", s->type);
    json_text_field(w, "name", s->name);
    if (s->key.kind != KEY_NONE) {
        json_field(w, "index");
        json_instance_key(w, s->key);
    }
    json_text_field(w, "provider_name", s->provider);
    json_field(w, "schema_version");
    json_int(w, (int64_t)schema_version);
}

// Members of an object's identity, as far as it has one.
static void json_identity(JsonWriter *w, const StateObject *o) {
    if (o->identity.n) {
        json_field(w, "identity");
        codec_raw(w, o->identity);
    }
    if (o->has_identity_version) {
        json_field(w, "identity_schema_version");
        json_int(w, (int64_t)o->identity_version);
    }
}

static void json_object_rest(JsonWriter *w, const StateObject *o) {
    if (o->dependency_count) {
        json_field(w, "depends_on");
        json_open_array(w);
        for (uint32_t i = 0; i < o->dependency_count; i++) json_string(w, o->dependencies[i]);
        json_close_array(w);
    }
    if (o->tainted) {
        json_field(w, "tainted");
        json_bool(w, true);
    }
    json_text_field_if(w, "deposed_key", o->deposed);
    json_identity(w, o);
}

static bool anything_known(Value v) {
    for (uint32_t i = 0; i < value_parts(v); i++)
        if (value_is_known(value_part(v, i))) return true;
    return false;
}

void json_resource(JsonWriter *w, const Subject *s, uint64_t schema_version, Value v, const StateObject *object) {
    json_open_object(w);
    json_resource_head(w, s, schema_version);
    if (anything_known(v)) {
        json_field(w, "values");
        json_known(w, v);
    }
    json_field(w, "sensitive_values");
    json_sensitive(w, v);
    if (object)
        json_object_rest(w, object);
    else if (s->object && value_is_set(v))
        json_identity(w, s->object);
    json_close_object(w);
}

static void json_output_type(JsonWriter *w, Process *p, Value v) {
    json_field(w, "type");
    json_type(w, value_type(p, v));
}

void json_output(JsonWriter *w, Process *p, Str name, bool sensitive, Value v, bool in_plan) {
    json_key(w, name);
    json_open_object(w);
    json_field(w, "sensitive");
    json_bool(w, sensitive);
    if (in_plan) json_output_type(w, p, v);
    json_field(w, "value");
    json_known(w, v);
    if (!in_plan) json_output_type(w, p, v);
    json_close_object(w);
}
