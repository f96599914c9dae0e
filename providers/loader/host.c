// The host's table: memory, values, messages. What reaches the outside is in outside.c.
#include "engine/base/log.h"
#include "engine/base/secret.h"
#include "engine/value/json.h"
#include "providers/build_id.h"
#include "providers/loader/running.h"

#include <assert.h>

_Static_assert(sizeof(InfraValue) == sizeof(Value), "a handle is a value");
_Static_assert((int)INFRA_DYNAMIC == (int)TYPE_DYNAMIC && (int)INFRA_STRING == (int)TYPE_STRING &&
                   (int)INFRA_SET == (int)TYPE_SET && (int)INFRA_OBJECT == (int)TYPE_OBJECT,
               "kinds have the same numbers");

static void *host_alloc(InfraArena *arena, size_t size) { return arena_zalloc(host_arena(arena), size); }

static InfraText host_format(InfraArena *arena, const char *format, ...) {
    Buf b = buf_in(host_arena(arena));
    va_list args;
    va_start(args, format);
    buf_vformat(&b, format, args);
    va_end(args);
    return host_text(buf_str(&b));
}

// Ranked as the longest-lived, so that copies into it are whole and values out of it are shared.
static InfraArena *host_arena_new(const InfraHost *host) {
    return (InfraArena *)arena_new(host_plugins(host)->process, LIFE_PROCESS, "plugin");
}

static void host_arena_free(InfraArena *arena) { arena_free(host_arena(arena)); }

static InfraKind host_kind(InfraValue v) { return (InfraKind)provider_value(v).kind; }
static int host_is_null(InfraValue v) { return value_is_null(provider_value(v)); }
static int host_is_unknown(InfraValue v) { return value_is_unknown(provider_value(v)); }
static int host_has_unknown(InfraValue v) { return !value_is_whole(provider_value(v)); }

static InfraText host_value_text(InfraValue v) {
    Value s = provider_value(v);
    return s.kind == TYPE_STRING && value_is_set(s) ? host_text(value_str(s)) : (InfraText){"", 0};
}

static int host_boolean(InfraValue v) { return value_true(provider_value(v)); }
static int host_integer(InfraValue v, int64_t *out) { return value_to_i64(provider_value(v), out); }

static InfraText host_number(InfraArena *arena, InfraValue v) {
    Value number = provider_value(v);
    if (number.kind != TYPE_NUMBER || !value_is_set(number)) return (InfraText){"", 0};
    Buf b = buf_in(host_arena(arena));
    num_print(value_number(host_arena(arena), number), &b);
    return host_text(buf_str(&b));
}

static size_t host_length(InfraValue v) { return value_parts(provider_value(v)); }

static InfraValue host_element(InfraValue v, size_t i) {
    Value of = provider_value(v);
    assert(i < value_parts(of));
    return provider_handle(value_part(of, (uint32_t)i));
}

static InfraText host_key(InfraValue v, size_t i) {
    Value of = provider_value(v);
    assert(i < value_parts(of) && (of.kind == TYPE_MAP || of.kind == TYPE_OBJECT));
    return host_text(of.kind == TYPE_MAP ? of.map->at[i].key : name_str(of.obj->shape->names[i]));
}

static InfraValue host_get(const InfraHost *host, InfraValue v, const char *name) {
    const Value *at = value_get_str(provider_value(v), str_of(name));
    return at ? provider_handle(*at) : host->null;
}

static int host_equal(InfraValue a, InfraValue b) { return value_same(provider_value(a), provider_value(b)); }

static InfraText host_to_json(InfraArena *arena, InfraValue v) {
    if (!value_is_whole(provider_value(v))) return (InfraText){"", 0};
    Buf b = buf_in(host_arena(arena));
    JsonWriter w = json_writer(&b, 0);
    json_value(&w, provider_value(v), NULL, JSON_IMPLIED);
    return host_text(buf_str(&b));
}

static InfraValue host_make_text(InfraArena *arena, InfraText s) {
    return provider_handle(value_string(host_arena(arena), host_str(s)));
}

static InfraValue host_make_boolean(int b) { return provider_handle(value_bool(b != 0)); }
static InfraValue host_make_integer(int64_t i) { return provider_handle(value_int(i)); }

static InfraValue host_make_number(InfraArena *arena, InfraText decimal) {
    Process *p = arena_process(host_arena(arena));
    const Num *num = num_parse(host_arena(arena), host_str(decimal), NUM_PRECISION_TEXT);
    return provider_handle(num ? value_num(host_arena(arena), num) : value_null(p, type_number(p)));
}

static InfraValue host_make_list(InfraArena *arena, const InfraValue *at, size_t n) {
    Arena *in = host_arena(arena);
    ListData *data = value_list_data(in, NULL, (uint32_t)n);
    for (size_t i = 0; i < n; i++) data->at[i] = provider_value(at[i]);
    return provider_handle(value_finish_list(in, TYPE_TUPLE, data, (uint32_t)n));
}

static InfraValue host_make_object(InfraArena *arena, const InfraText *names, const InfraValue *at, size_t n) {
    Arena *in = host_arena(arena);
    Name *own = ARENA_ARRAY(in, Name, n);
    Value *values = ARENA_ARRAY(in, Value, n);
    for (size_t i = 0; i < n; i++) {
        own[i] = name_of(arena_process(in), host_str(names[i]));
        values[i] = provider_value(at[i]);
    }
    return provider_handle(value_object_of(in, own, values, (uint32_t)n));
}

// A map where all values have one type, else (and when it is empty) an object.
static InfraValue host_make_map(InfraArena *arena, const InfraText *keys, const InfraValue *at, size_t n) {
    Arena *in = host_arena(arena);
    const Type *type = n ? value_type(arena_process(in), provider_value(at[0])) : NULL;
    MapItem *items = ARENA_ARRAY(in, MapItem, n);
    for (size_t i = 0; i < n; i++) {
        Value v = provider_value(at[i]);
        if (type->has_dynamic || !value_has_type(v, type)) return host_make_object(arena, keys, at, n);
        items[i] = (MapItem){value_str(value_string(in, host_str(keys[i]))), v};
    }
    if (!n) return host_make_object(arena, keys, at, n);
    return provider_handle(value_map(in, type, items, (uint32_t)n));
}

static InfraValue host_with(InfraArena *arena, InfraValue object, const char *name, InfraValue v) {
    Value of = provider_value(object);
    assert(of.kind == TYPE_OBJECT && value_is_set(of));
    int32_t field = shape_find(of.obj->shape, str_of(name));
    assert(field >= 0 && "with replaces an attribute that is there");
    ObjectData *data = value_object_data(host_arena(arena), of.obj->shape);
    memcpy(data->at, of.obj->at, of.n * sizeof(Value));
    data->at[field] = provider_value(v);
    return provider_handle(value_finish_object(host_arena(arena), data));
}

static InfraValue host_copy(InfraArena *arena, InfraValue v) {
    return provider_handle(value_copy(host_arena(arena), provider_value(v)));
}

static int host_from_json(InfraArena *arena, InfraText json, InfraValue *out) {
    Value v;
    if (!json_decode(host_arena(arena), host_str(json), &v, NULL)) return 0;
    *out = provider_handle(v);
    return 1;
}

Path host_path(Arena *arena, InfraPath path) {
    PathStep *steps = ARENA_ARRAY(arena, PathStep, path.n);
    for (size_t i = 0; i < path.n; i++) {
        const InfraStep *from = &path.at[i];
        if (from->attr.p)
            steps[i].attr = name_of(arena_process(arena), host_str(from->attr));
        else
            steps[i].index = provider_value(from->index);
    }
    return (Path){steps, (uint32_t)path.n};
}

static void host_diag(InfraDiags *diags, InfraSeverity severity, InfraText summary, InfraText detail, InfraPath path) {
    Diags *list = (Diags *)diags;
    Diag *diag = diag_add(list, severity == INFRA_WARNING ? SEV_WARNING : SEV_ERROR, "provider", SPAN_NONE,
                          host_str(summary), host_str(detail));
    if (!path.n) return;
    Buf b = buf_in(list->arena);
    path_print(host_path(list->arena, path), &b);
    diag->path = buf_str(&b);
}

static void host_log(const InfraHost *host, InfraLevel level, const char *topic, InfraText message) {
    log_line(host_plugins(host)->process, (LogLevel)level, topic, "%.*s", (int)message.n, message.p);
}

static void host_secret(const InfraHost *host, InfraText secret) {
    secret_register(host_plugins(host)->process, host_str(secret));
}

void host_init(Plugins *plugins) {
    Process *p = plugins->process;
    plugins->host = (InfraHost){
        .size = sizeof(InfraHost),
        .version = INFRA_PROVIDER_VERSION,
        .build_id = INFRA_BUILD_ID,
        .context = plugins->loop,
        .folder = host_text(plugins->folder),
        .null = provider_handle(value_null(p, type_dynamic(p))),
        .unknown = provider_handle(value_unknown(p, type_dynamic(p))),
        .alloc = host_alloc,
        .format = host_format,
        .arena_new = host_arena_new,
        .arena_free = host_arena_free,
        .kind = host_kind,
        .is_null = host_is_null,
        .is_unknown = host_is_unknown,
        .has_unknown = host_has_unknown,
        .text = host_value_text,
        .boolean = host_boolean,
        .integer = host_integer,
        .number = host_number,
        .length = host_length,
        .element = host_element,
        .key = host_key,
        .get = host_get,
        .equal = host_equal,
        .to_json = host_to_json,
        .copy = host_copy,
        .make_text = host_make_text,
        .make_boolean = host_make_boolean,
        .make_integer = host_make_integer,
        .make_number = host_make_number,
        .make_list = host_make_list,
        .make_object = host_make_object,
        .make_map = host_make_map,
        .with = host_with,
        .from_json = host_from_json,
        .diag = host_diag,
        .log = host_log,
        .secret = host_secret,
        .done = running_done,
        .progress = apply_progress,
        .status = apply_status,
    };
    outside_init(&plugins->host);
}
