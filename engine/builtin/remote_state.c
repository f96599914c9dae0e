#include "engine/builtin/remote_state.h"

#include "engine/builtin/handle.h"
#include "engine/value/convert.h"
#include "engine/value/marks.h"
#include "state/backend.h"
#include "state/codec.h"

static const InfraAttr attrs[] = {
    {.name = "backend",
     .type = "\"string\"",
     .flags = INFRA_REQUIRED,
     .description = "The backend that holds the state, for example \"s3\"."},
    {.name = "config",
     .type = "\"dynamic\"",
     .flags = INFRA_OPTIONAL,
     .description = "The arguments of the backend, as in its block."},
    {.name = "defaults",
     .type = "\"dynamic\"",
     .flags = INFRA_OPTIONAL,
     .description = "Values of outputs that the state does not have."},
    {.name = "outputs",
     .type = "\"dynamic\"",
     .flags = INFRA_COMPUTED,
     .description = "The root outputs of the state."},
    {.name = "workspace", .type = "\"string\"", .flags = INFRA_OPTIONAL, .description = "The workspace to read."},
};
const InfraBlock remote_state_block = {.attrs = attrs, .attr_count = sizeof attrs / sizeof *attrs};

// The schema's fields, which are sorted by name.
enum { BACKEND, CONFIG, DEFAULTS, OUTPUTS, WORKSPACE, FIELDS };
_Static_assert(sizeof attrs / sizeof *attrs == FIELDS, "one field an attribute");

// One read under way; in the call's arena.
typedef struct RemoteRead {
    InfraDataRead *request;
    InfraCall *call;
    Arena *arena;
    Diags *diags;
    Backend *backend;
    StateStore *store;
} RemoteRead;

static Value field(Value object, int i) { return value_part(object, (uint32_t)i); }

static bool fail(Diags *diags, const char *path, const char *summary, Str detail) {
    Diag *diag = diag_add(diags, SEV_ERROR, "remote_state", SPAN_NONE, str_of(summary), detail);
    diag->path = str_of(path);
    return false;
}

static bool is_keyed(Value v) { return v.kind == TYPE_OBJECT || v.kind == TYPE_MAP; }

static Name key_name(Process *p, Value v, uint32_t i) {
    return v.kind == TYPE_OBJECT ? v.obj->shape->names[i] : name_of(p, v.map->at[i].key);
}

// A map as an object; null as an empty one.
static Value as_object(Arena *arena, Value v) {
    if (v.kind == TYPE_OBJECT && value_is_set(v)) return v;
    Name *names = ARENA_ARRAY(arena, Name, value_parts(v));
    Value *parts = ARENA_ARRAY(arena, Value, value_parts(v));
    for (uint32_t i = 0; i < value_parts(v); i++) {
        names[i] = key_name(arena_process(arena), v, i);
        parts[i] = value_part(v, i);
    }
    return value_object_of(arena, names, parts, value_parts(v));
}

// The name of a required argument that is missing, or NULL. Recursion is over the backend's own schema.
static Name missing_argument(const SchemaBlock *block, Value v) {
    if (!value_is_set(v) || v.kind != TYPE_OBJECT) return NULL;
    for (uint32_t i = 0; i < block->attr_count; i++) {
        const SchemaAttr *attr = &block->attrs[i];
        Value at = value_part(v, attr->field);
        if (value_is_null(at) && (attr->flags & ATTR_REQUIRED)) return attr->name;
        Name inner = attr->nested ? missing_argument(attr->nested, at) : NULL;
        if (inner) return inner;
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        Name inner = missing_argument(block->blocks[i].block, value_part(v, block->blocks[i].field));
        if (inner) return inner;
    }
    return NULL;
}

// The backend's type, and its configuration by its schema. NULL after an error.
static const BackendType *find_backend(Arena *arena, Value config, Value *out, Diags *diags) {
    Str name = value_str(field(config, BACKEND));
    if (str_eqz(name, "_local")) name = STR("local");
    const BackendType *type = backend_find(name);
    if (!type) {
        Buf text = buf_in(arena);
        uint32_t n;
        const BackendType *const *all = backend_all(&n);
        buf_format(&text, "There is no backend named \"%.*s\". There are:", STR_ARG(name));
        for (uint32_t i = 0; i < n; i++) buf_format(&text, "%s %s", i ? "," : "", all[i]->name);
        buf_char(&text, '.');
        return fail(diags, ".backend", "Invalid backend configuration", buf_str(&text)), NULL;
    }
    const SchemaBlock *schema = type->schema(arena_process(arena));
    Str error = STR_NONE;
    if (!schema_conform(arena, schema, as_object(arena, field(config, CONFIG)), out, &error)) {
        Str detail = str_format(arena, "It does not fit the backend \"%s\": %.*s.", type->name, STR_ARG(error));
        return fail(diags, ".config", "Invalid backend configuration", detail), NULL;
    }
    Name missing = missing_argument(schema, *out);
    if (!missing) return type;
    Str detail = str_format(arena, "The backend \"%s\" needs the argument \"%s\".", type->name, missing->text);
    return fail(diags, ".config", "Invalid backend configuration", detail), NULL;
}

static bool check_kinds(Diags *diags, Value config) {
    Value settings = field(config, CONFIG), defaults = field(config, DEFAULTS);
    bool ok = settings.kind == TYPE_DYNAMIC || is_keyed(settings) ||
              fail(diags, ".config", "Invalid backend configuration", STR("An object is needed."));
    if (defaults.kind != TYPE_DYNAMIC && !is_keyed(defaults))
        ok = fail(diags, ".defaults", "Invalid default values", STR("An object is needed."));
    return ok;
}

void remote_state_validate(InfraRequest *base, InfraValue handle) {
    Value config = handle_value(handle), ignored;
    Diags *diags = (Diags *)base->diags;
    if (value_parts(config) != FIELDS || !check_kinds(diags, config)) return;
    if (value_is_whole(field(config, CONFIG)) && value_is_set(field(config, BACKEND)))
        find_backend((Arena *)base->arena, config, &ignored, diags);
}

static bool add_outputs(RemoteRead *r, const Snapshot *state, Name *names, Value *values, uint32_t *n) {
    Process *p = arena_process(r->arena);
    for (uint32_t i = 0; i < state->output_count; i++) {
        const StateOutput *output = &state->outputs[i];
        const Type *type = type_from_json(p, output->type);
        JsonReader reader = json_reader(r->arena, output->value);
        if (!type || !json_read_value(r->arena, &reader, type, JSON_IMPLIED, &values[*n], NULL))
            return fail(r->diags, "", "Malformed state",
                        str_format(r->arena, "The output \"%.*s\" in %.*s has a malformed value.",
                                   STR_ARG(output->name), STR_ARG(r->store->where)));
        if (output->deprecated.n) values[*n] = marks_add(p, values[*n], marks_deprecated(p, output->deprecated));
        names[(*n)++] = name_of(p, output->name);
    }
    return true;
}

// Defaults first: what the state has replaces them.
static void set_outputs(RemoteRead *r, const Snapshot *state) {
    Value config = handle_value(r->request->config), defaults = field(config, DEFAULTS);
    uint32_t n = value_parts(defaults);
    Name *names = ARENA_ARRAY(r->arena, Name, n + state->output_count);
    Value *values = ARENA_ARRAY(r->arena, Value, n + state->output_count);
    for (uint32_t i = 0; i < n; i++) {
        names[i] = key_name(arena_process(r->arena), defaults, i);
        values[i] = value_part(defaults, i);
    }
    if (!add_outputs(r, state, names, values, &n)) return;
    ObjectData *result = value_object_data(r->arena, config.obj->shape);
    memcpy(result->at, config.obj->at, sizeof(Value) * FIELDS);
    result->at[OUTPUTS] = value_object_of(r->arena, names, values, n);
    r->request->result = handle_of(value_finish_object(r->arena, result));
}

static void read_end(void *ctx) {
    RemoteRead *r = ctx;
    if (r->store->vt->close) r->store->vt->close(r->store);
    r->backend->vt->free(r->backend);
    r->request->base.host->done(r->call);
}

static void read_done(void *ctx, const StoreResult *result) {
    RemoteRead *r = ctx;
    if (result->ok && !result->found) {
        fail(r->diags, ".workspace", "Unable to find remote state",
             str_format(r->arena, "There is no state at %.*s.", STR_ARG(r->store->where)));
    } else if (result->ok) {
        Snapshot *state = codec_read(r->arena, result->bytes, r->store->where, r->diags);
        if (state) set_outputs(r, state);
    }
    // The backend is still on the stack: it goes when it has returned.
    loop_post(r->backend->loop, read_end, r);
}

void remote_state_read(InfraDataRead *q, InfraCall *call) {
    const InfraHost *host = q->base.host;
    RemoteRead *r = ARENA_NEW((Arena *)q->base.arena, RemoteRead);
    *r = (RemoteRead){.request = q, .call = call, .arena = (Arena *)q->base.arena, .diags = (Diags *)q->base.diags};
    Value config = handle_value(q->config), settings, workspace = field(config, WORKSPACE);
    const BackendType *type =
        check_kinds(r->diags, config) ? find_backend(r->arena, config, &settings, r->diags) : NULL;
    if (type) r->backend = type->configure(host->context, r->arena, settings, r->diags);
    Str name = value_is_set(workspace) ? value_str(workspace) : STR("default");
    if (r->backend) r->store = r->backend->vt->open(r->backend, r->arena, name, r->diags);
    if (r->store) {
        r->store->vt->read(r->store, r->arena, read_done, r, r->diags);
        return;
    }
    if (r->backend) r->backend->vt->free(r->backend);
    host->done(call);
}
