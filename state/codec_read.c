#include "state/codec_head.h"
#include "state/codec_object.h"
#include "state/snapshot_build.h"

#include <stdio.h>

typedef struct Read {
    Arena *arena;
    Snapshot *s;
    JsonReader r;
    Str where;
    Diags *diags;
    // Texts that repeat from one resource or object to the next, kept once.
    Str last_provider;
    Str last_dependencies; // as written
    const Str *dependencies;
    uint32_t dependency_count;
} Read;

static bool fail(Read *rd, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(Read *rd, const char *format, ...) {
    Buf text = buf_in(rd->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&text, format, args);
    va_end(args);
    return diag_error(rd->diags, "invalid_state", SPAN_NONE, "Invalid state", "%.*s: %.*s", STR_ARG(rd->where),
                      STR_ARG(buf_str(&text)));
}

// Not the JSON that a state is: the reader's own complaint, or what was expected.
static bool fail_here(Read *rd, const char *expected) {
    uint32_t line, column;
    json_where(&rd->r, &line, &column);
    if (rd->r.error)
        return fail(rd, "line %u, column %u: %s. The state is damaged; a backup may be whole.", line, column,
                    rd->r.error);
    return fail(rd, "line %u, column %u: %s.", line, column, expected);
}

// The last string, for as long as the snapshot lives.
static Str keep(Read *rd) { return rd->r.borrowed ? rd->r.string : str_copy(rd->arena, rd->r.string); }

static bool read_text(Read *rd, Str *out) {
    JsonToken t = json_next(&rd->r);
    if (t == JSON_NULL) return true;
    if (t != JSON_STRING) return fail_here(rd, "a string is expected");
    *out = keep(rd);
    return true;
}

static bool read_u64(Read *rd, uint64_t *out) {
    JsonToken t = json_next(&rd->r);
    if (t == JSON_NULL) return true;
    uint64_t u = 0;
    bool good = t == JSON_NUMBER && rd->r.string.n > 0;
    for (size_t i = 0; good && i < rd->r.string.n; i++) {
        char c = rd->r.string.p[i];
        good = c >= '0' && c <= '9' && !__builtin_mul_overflow(u, 10, &u) &&
               !__builtin_add_overflow(u, (uint64_t)(c - '0'), &u);
    }
    if (!good) return fail_here(rd, "a whole number is expected");
    *out = u;
    return true;
}

static bool read_bool(Read *rd, bool *out) {
    JsonToken t = json_next(&rd->r);
    if (t != JSON_TRUE && t != JSON_FALSE && t != JSON_NULL) return fail_here(rd, "true or false is expected");
    *out = t == JSON_TRUE;
    return true;
}

// A value that is looked at later. null is as good as absent.
static bool read_raw(Read *rd, char bracket, Str *out) {
    Str raw;
    if (!json_skip(&rd->r, &raw)) return fail_here(rd, "");
    if (str_eqz(raw, "null")) return true;
    if (bracket && raw.p[0] != bracket)
        return fail_here(rd, bracket == '{' ? "an object is expected" : "a list is expected");
    *out = raw;
    return true;
}

// Adds the member just begun to an object of such.
static bool read_unknown(Read *rd, Str *unknown) {
    Buf out = buf_in(rd->arena);
    buf_add(&out, unknown->n ? str_slice(*unknown, 0, unknown->n - 1) : STR("{"));
    if (unknown->n) buf_char(&out, ',');
    json_escape(&out, rd->r.string, false);
    buf_char(&out, ':');
    Str raw;
    if (!json_skip(&rd->r, &raw)) return fail_here(rd, "");
    buf_add(&out, raw);
    buf_char(&out, '}');
    *unknown = buf_str(&out);
    return true;
}

static bool expect(Read *rd, JsonToken want, const char *expected) {
    return json_next(&rd->r) == want || fail_here(rd, expected);
}

// Steps to the next key of the open object. False at its end and on errors; *good says which.
static bool next_key(Read *rd, bool *good) {
    JsonToken t = json_next(&rd->r);
    if (t == JSON_KEY) return true;
    *good = t == JSON_OBJECT_CLOSE || fail_here(rd, "a member is expected");
    return false;
}

static bool read_key(Read *rd, InstanceKey *key) {
    JsonToken t = json_next(&rd->r);
    if (t == JSON_NULL) return true;
    if (t == JSON_STRING) {
        *key = (InstanceKey){KEY_STRING, 0, keep(rd)};
        return true;
    }
    key->kind = KEY_INT;
    if (t == JSON_NUMBER && str_to_i64(rd->r.string, &key->i)) return true;
    return fail_here(rd, "an instance key must be a whole number or a string");
}

static bool read_dependencies(Read *rd, StateObject *o) {
    // A look ahead at the bytes: mostly the same list as the object's before it.
    JsonReader ahead = rd->r;
    Str raw = STR_NONE;
    if (json_skip(&ahead, &raw) && raw.n && str_eq(raw, rd->last_dependencies)) {
        rd->r = ahead;
        o->dependencies = rd->dependencies;
        o->dependency_count = rd->dependency_count;
        return true;
    }
    JsonToken t = json_next(&rd->r);
    if (t == JSON_NULL) return true;
    if (t != JSON_ARRAY_OPEN) return fail_here(rd, "a list of dependencies is expected");
    VEC(Str) list = {0};
    while ((t = json_next(&rd->r)) == JSON_STRING) vec_push(rd->arena, &list, keep(rd));
    if (t != JSON_ARRAY_CLOSE) return fail_here(rd, "a dependency must be a string");
    o->dependencies = rd->dependencies = list.at;
    o->dependency_count = rd->dependency_count = list.n;
    rd->last_dependencies = raw;
    return true;
}

static bool read_status(Read *rd, StateObject *o) {
    Str status = STR_NONE;
    if (!read_text(rd, &status)) return false;
    o->tainted = str_eqz(status, "tainted");
    return o->tainted || !status.n || fail_here(rd, "an object's status must be \"tainted\" or absent");
}

bool codec_is_deposed(Str key) {
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] <= ' ' || key.p[i] > '~') return false;
    return key.n == 0 || key.n == 8;
}

static bool read_deposed(Read *rd, StateObject *o) {
    if (!read_text(rd, &o->deposed)) return false;
    return codec_is_deposed(o->deposed) || fail_here(rd, "a deposed key must have 8 characters");
}

static bool read_identity_version(Read *rd, StateObject *o) {
    o->identity_version = UINT64_MAX;
    if (!read_u64(rd, &o->identity_version)) return false;
    o->has_identity_version = o->identity_version != UINT64_MAX;
    return true;
}

static bool read_member(Read *rd, StateObject *o, Str key) {
    if (str_eqz(key, "index_key")) return read_key(rd, &o->key);
    if (str_eqz(key, "schema_version")) return read_u64(rd, &o->schema_version);
    if (str_eqz(key, "attributes")) return read_raw(rd, '{', &o->attributes);
    if (str_eqz(key, "sensitive_attributes")) return read_raw(rd, '[', &o->sensitive);
    if (str_eqz(key, "private")) return read_text(rd, &o->private_bytes);
    if (str_eqz(key, "dependencies")) return read_dependencies(rd, o);
    if (str_eqz(key, "status")) return read_status(rd, o);
    if (str_eqz(key, "deposed")) return read_deposed(rd, o);
    if (str_eqz(key, "create_before_destroy")) return read_bool(rd, &o->create_before_destroy);
    if (str_eqz(key, "skip_destroy")) return read_bool(rd, &o->skip_destroy);
    if (str_eqz(key, "provider")) return read_text(rd, &o->provider);
    if (str_eqz(key, "identity")) return read_raw(rd, 0, &o->identity);
    if (str_eqz(key, "identity_schema_version")) return read_identity_version(rd, o);
    if (str_eqz(key, "attributes_flat")) return read_raw(rd, '{', &o->attributes_flat);
    return read_unknown(rd, &o->unknown);
}

static bool read_object(Read *rd, StateObject *o) {
    bool good = true;
    while (next_key(rd, &good))
        if (!read_member(rd, o, rd->r.string)) return false;
    return good;
}

bool codec_read_object(Arena *arena, JsonReader *r, StateObject *out) {
    Diags ignored = diags_in(arena);
    Read rd = {.arena = arena, .r = *r, .where = STR("object"), .diags = &ignored};
    *out = (StateObject){0};
    bool good = json_next(&rd.r) == JSON_OBJECT_OPEN && read_object(&rd, out);
    *r = rd.r;
    return good;
}

static bool read_instances(Read *rd, StateResource *r) {
    if (!expect(rd, JSON_ARRAY_OPEN, "a list of instances is expected")) return false;
    JsonToken t;
    while ((t = json_next(&rd->r)) == JSON_OBJECT_OPEN) {
        StateObject *o = snapshot_add_object(rd->s, r);
        if (!read_object(rd, o)) return false;
        if (r->n < 2) continue;
        int order = key_cmp(o[-1].key, o->key);
        if (order > 0 || (order == 0 && str_cmp(o[-1].deposed, o->deposed) >= 0)) r->unsorted = true;
    }
    return t == JSON_ARRAY_CLOSE || fail_here(rd, "an instance must be an object");
}

// Without the key that an instance of a provider with for_each has: provider["a/b/c"].alias["key"].
static Str provider_config(Str instance) {
    ptrdiff_t source = str_find(instance, STR("\"]"));
    if (source < 0) return instance;
    ptrdiff_t key = str_find_char(str_slice(instance, (size_t)source + 2, instance.n), '[');
    return key < 0 ? instance : str_slice(instance, 0, (size_t)source + 2 + (size_t)key);
}

static bool read_mode(Read *rd, bool *data) {
    Str mode = STR_NONE;
    if (!read_text(rd, &mode)) return false;
    *data = str_eqz(mode, "data");
    return *data || str_eqz(mode, "managed") || fail_here(rd, "a resource's mode must be \"managed\" or \"data\"");
}

static bool read_provider(Read *rd, Str *provider) {
    JsonToken t = json_next(&rd->r);
    if (t == JSON_NULL) return true;
    if (t != JSON_STRING) return fail_here(rd, "a string is expected");
    if (!str_eq(rd->r.string, rd->last_provider)) rd->last_provider = keep(rd);
    *provider = rd->last_provider;
    return true;
}

static bool read_resource_member(Read *rd, StateResource *r, bool *mode) {
    Str key = rd->r.string;
    if (str_eqz(key, "module")) return read_text(rd, &r->module);
    if (str_eqz(key, "mode")) return *mode = true, read_mode(rd, &r->data);
    if (str_eqz(key, "type")) return read_text(rd, &r->type);
    if (str_eqz(key, "name")) return read_text(rd, &r->name);
    if (str_eqz(key, "provider")) return read_provider(rd, &r->provider);
    if (str_eqz(key, "instances")) return read_instances(rd, r);
    // What count and for_each once left; peers read and forget it.
    if (str_eqz(key, "each")) return read_raw(rd, 0, &(Str){0});
    return read_unknown(rd, &r->unknown);
}

// Names a resource's objects that are there twice, once the order is right.
static bool check_doubles(Read *rd, const StateResource *r) {
    for (uint32_t i = 1; i < r->n; i++) {
        const StateObject *a = &r->objects[i - 1], *b = &r->objects[i];
        if (!key_equal(a->key, b->key) || !str_eq(a->deposed, b->deposed)) continue;
        Buf key = buf_in(rd->arena);
        key_print(a->key, &key);
        return fail(rd, "the instance %.*s%.*s is there more than once.", STR_ARG(r->address), STR_ARG(buf_str(&key)));
    }
    return true;
}

static void merge_resource(Read *rd, const StateResource *new) {
    uint32_t before = rd->s->resource_count;
    StateResource *r = snapshot_add_resource(rd->s, new);
    if (rd->s->resource_count > before) return;
    // A second entry for an address adds its instances, as peers do.
    for (uint32_t i = 0; i < new->n; i++) *snapshot_add_object(rd->s, r) = new->objects[i];
    r->unsorted = true;
    if (new->provider.n) r->provider = new->provider;
}

static bool read_resource(Read *rd) {
    StateResource r = {0};
    bool mode = false, good = true;
    while (next_key(rd, &good))
        if (!read_resource_member(rd, &r, &mode)) return false;
    if (!good) return false;
    if (!mode || !r.type.n || !r.name.n) return fail_here(rd, "a resource needs mode, type and name");
    for (uint32_t i = 0; i < r.n && !r.provider.n; i++) r.provider = provider_config(r.objects[i].provider);
    if (!r.provider.n)
        return fail(rd, "the resource %.*s.%.*s has no provider, nor do its instances.", STR_ARG(r.type),
                    STR_ARG(r.name));
    merge_resource(rd, &r);
    return true;
}

static bool read_resources(Read *rd) {
    if (!expect(rd, JSON_ARRAY_OPEN, "a list of resources is expected")) return false;
    JsonToken t;
    while ((t = json_next(&rd->r)) == JSON_OBJECT_OPEN)
        if (!read_resource(rd)) return false;
    return t == JSON_ARRAY_CLOSE || fail_here(rd, "a resource must be an object");
}

static bool read_output(Read *rd, StateOutput *o) {
    if (!expect(rd, JSON_OBJECT_OPEN, "an output must be an object")) return false;
    bool good = true;
    while (next_key(rd, &good)) {
        Str key = rd->r.string;
        bool read;
        if (str_eqz(key, "value")) {
            read = json_skip(&rd->r, &o->value) || fail_here(rd, "");
        } else if (str_eqz(key, "type")) {
            read = json_skip(&rd->r, &o->type) || fail_here(rd, "");
        } else if (str_eqz(key, "sensitive")) {
            read = read_bool(rd, &o->sensitive);
        } else if (str_eqz(key, "deprecated")) {
            read = read_text(rd, &o->deprecated);
        } else {
            read = json_skip(&rd->r, NULL) || fail_here(rd, "");
        }
        if (!read) return false;
    }
    return good && ((o->value.n && o->type.n) || fail_here(rd, "an output needs a value and a type"));
}

static bool read_outputs(Read *rd) {
    JsonToken t = json_next(&rd->r);
    if (t == JSON_NULL) return true;
    if (t != JSON_OBJECT_OPEN) return fail_here(rd, "an object of outputs is expected");
    bool good = true;
    while (next_key(rd, &good)) {
        StateOutput o = {.name = keep(rd)};
        if (!read_output(rd, &o)) return false;
        snapshot_put_output(rd->s, &o);
    }
    return good;
}

bool codec_read_outputs(Arena *arena, Str json, Snapshot *s) {
    Diags ignored = diags_in(arena);
    Read rd = {.arena = arena, .s = s, .r = json_reader(arena, json), .where = STR("outputs"), .diags = &ignored};
    s->output_count = 0;
    return read_outputs(&rd) && json_next(&rd.r) == JSON_END;
}

static bool read_checks(Read *rd) {
    Str raw = STR_NONE;
    if (!read_raw(rd, '[', &raw)) return false;
    JsonReader inside = json_reader(rd->arena, raw);
    // Peers write null when there is nothing.
    if (raw.n && json_next(&inside) && json_more(&inside)) rd->s->check_results = raw;
    return true;
}

static bool read_root_member(Read *rd) {
    Str key = rd->r.string;
    if (str_eqz(key, "version")) return json_skip(&rd->r, NULL) || fail_here(rd, "");
    if (str_eqz(key, "terraform_version")) return read_text(rd, &rd->s->terraform_version);
    if (str_eqz(key, "serial")) return read_u64(rd, &rd->s->serial);
    if (str_eqz(key, "lineage")) return read_text(rd, &rd->s->lineage);
    if (str_eqz(key, "outputs")) return read_outputs(rd);
    if (str_eqz(key, "resources")) return read_resources(rd);
    if (str_eqz(key, "check_results")) return read_checks(rd);
    return read_unknown(rd, &rd->s->unknown);
}

static bool read_root(Read *rd) {
    if (!expect(rd, JSON_OBJECT_OPEN, "a state is a JSON object")) return false;
    bool good = true;
    while (next_key(rd, &good))
        if (!read_root_member(rd)) return false;
    if (!good) return false;
    if (json_next(&rd->r) != JSON_END) return fail_here(rd, "something follows the end of the state");
    snapshot_settle(rd->s);
    for (uint32_t i = 0; i < rd->s->resource_count; i++)
        if (!check_doubles(rd, &rd->s->resources[i])) return false;
    return true;
}

static bool check_version(Read *rd, const CodecHead *head) {
    if (head->version == 4) return true;
    if (head->version > 4) {
        CodecHead all;
        codec_form(rd->arena, rd->r.text, true, &all);
        if (all.terraform_version.n)
            return fail(rd,
                        "the state has format version %llu, written by version %.*s of the language. This program "
                        "reads format version 4; a newer one is needed.",
                        (unsigned long long)head->version, STR_ARG(all.terraform_version));
        return fail(rd,
                    "the state has format version %llu. This program reads format version 4; a newer one is needed.",
                    (unsigned long long)head->version);
    }
    return fail(rd,
                "the state has format version %llu, from before Terraform 0.12. Rewrite it first with a program that "
                "reads both: \"tofu state pull\" prints it in format version 4, \"state push\" stores that.",
                (unsigned long long)head->version);
}

static bool check_form(Read *rd) {
    CodecHead head;
    switch (codec_form(rd->arena, rd->r.text, false, &head)) {
    case FORM_STATE: return check_version(rd, &head);
    case FORM_ENCRYPTED:
        return fail(rd, "the state is encrypted and cannot be read without an encryption configuration.");
    case FORM_NO_VERSION: return fail(rd, "this is not a state: it has no \"version\".");
    case FORM_BAD_HEAD: return fail(rd, "the state's version, serial or lineage is not what it must be.");
    case FORM_NOT_JSON: break;
    }
    // Find out where by reading on.
    JsonReader all = rd->r;
    if (json_next(&rd->r) != JSON_OBJECT_OPEN) return fail_here(rd, "a state is a JSON object");
    rd->r = all;
    return true;
}

Snapshot *codec_read(Arena *arena, Str bytes, Str where, Diags *diags) {
    Read *rd = ARENA_NEW(arena, Read);
    rd->arena = arena;
    rd->where = where;
    rd->diags = diags;
    rd->r = json_reader(arena, bytes);
    if (!check_form(rd)) return NULL;
    rd->s = ARENA_NEW(arena, Snapshot);
    rd->s->arena = arena;
    rd->s->by_address = strmap_in(arena);
    return read_root(rd) ? rd->s : NULL;
}
