#include "engine/cli/backend_settings.h"

#include <unistd.h>

#include "engine/io/file.h"
#include "engine/schema/suggest.h"
#include "engine/value/convert.h"

#define SETTINGS_FILE "backend.json"
#define SETTINGS_MAX (1u << 20)

static char *settings_path(Cli *cli, const char *name) {
    return str_to_z(cli->arena, path_join(cli->arena, cli->data_dir, str_of(name)));
}

static bool make_data_dir(Cli *cli) {
    const char *dir = str_to_z(cli->arena, cli->data_dir);
    return file_is_dir(dir) || file_make_dirs(dir, 0755, &cli->diags);
}

bool backend_settings_read(Cli *cli, BackendSettings *out) {
    const char *path = settings_path(cli, SETTINGS_FILE);
    *out = (BackendSettings){.type = STR("local"), .config = STR("{}"), .block = STR("{}")};
    if (!file_exists(path)) return true;
    Str bytes;
    if (!file_read(cli->arena, path, SETTINGS_MAX, &bytes, &cli->diags)) return false;
    JsonReader r = json_reader(cli->arena, bytes);
    bool ok = json_next(&r) == JSON_OBJECT_OPEN;
    while (ok && json_more(&r)) {
        ok = json_next(&r) == JSON_KEY;
        Str key = str_copy(cli->arena, r.string), raw;
        if (!ok) break;
        if (str_eqz(key, "type")) {
            ok = json_next(&r) == JSON_STRING;
            if (ok) out->type = str_copy(cli->arena, r.string);
        } else {
            ok = json_skip(&r, &raw);
            if (ok && str_eqz(key, "config")) out->config = raw;
            if (ok && str_eqz(key, "block")) out->block = raw;
        }
    }
    out->saved = true;
    return ok || diag_error(&cli->diags, "bad_backend_settings", SPAN_NONE, "Unreadable backend settings",
                            "%s is damaged. It is a cache: remove it and run \"infra init\" again.", path);
}

bool backend_settings_write(Cli *cli, const BackendSettings *settings) {
    Buf text = buf_in(cli->arena);
    JsonWriter w = json_writer(&text, 0);
    json_open_object(&w);
    json_key(&w, STR("version"));
    json_int(&w, 1);
    json_key(&w, STR("type"));
    json_string(&w, settings->type);
    json_key(&w, STR("config"));
    json_raw(&w, settings->config);
    json_key(&w, STR("block"));
    json_raw(&w, settings->block);
    json_close_object(&w);
    buf_char(&text, '\n');
    return make_data_dir(cli) &&
           file_write_durable(cli->process, settings_path(cli, SETTINGS_FILE), buf_str(&text), 0600, &cli->diags);
}

bool backend_settings_remove(Cli *cli) {
    const char *path = settings_path(cli, SETTINGS_FILE);
    return !file_exists(path) || unlink(path) == 0;
}

// ---- the block ----

const SchemaBlock *backend_relaxed(Process *process, const SchemaBlock *schema) {
    SchemaBuilder b = schema_builder(process);
    for (uint32_t i = 0; i < schema->attr_count; i++) {
        const SchemaAttr *a = &schema->attrs[i];
        SchemaAttr *to = schema_add(&b, a->name->text, a->type, a->flags);
        *to = *a;
        to->flags = (uint8_t)((a->flags & ~ATTR_REQUIRED) | ATTR_OPTIONAL);
    }
    for (uint32_t i = 0; i < schema->block_count; i++) {
        const SchemaNested *n = &schema->blocks[i];
        schema_add_block(&b, n->name->text, n->nesting, n->block, 0, n->max);
    }
    return schema_finish(&b);
}

static bool unknown_backend(Session *s, Str name, Span span) {
    uint32_t n;
    const BackendType *const *all = backend_all(&n);
    Suggest near = suggest_start(name);
    Buf names = buf_in(s->cli->arena);
    for (uint32_t i = 0; i < n; i++) {
        suggest_try(&near, str_of(all[i]->name));
        buf_format(&names, "%s%s", i ? ", " : "", all[i]->name);
    }
    return diag_error(&s->cli->diags, "unknown_backend", span, "Unknown backend",
                      "There is no backend \"%.*s\"; there are %.*s.%s", STR_ARG(name), STR_ARG(buf_str(&names)),
                      suggest_text(s->cli->arena, &near));
}

bool backend_block(Session *s, const BackendType **type, Value *config) {
    const BackendBlock *block = s->config ? s->config->nodes[0].def->backend : NULL;
    *type = NULL;
    if (!block) return true;
    *type = backend_find(name_str(block->type));
    if (!*type) return unknown_backend(s, name_str(block->type), block->span);
    const SchemaBlock *schema = backend_relaxed(s->cli->process, (*type)->schema(s->cli->process));
    return load_static_eval(s->config, &s->load, block->body, schema, config, &s->cli->diags);
}

Str backend_block_json(Session *s, const BackendType *type, Value config) {
    if (!type) return STR("{}");
    Buf text = buf_in(s->cli->arena);
    JsonWriter w = json_writer(&text, 0);
    json_value(&w, config, type->schema(s->cli->process)->type, JSON_IMPLIED);
    return buf_str(&text);
}

bool backend_configure(Session *s, const BackendType *type, Value config, Backend **out) {
    const SchemaBlock *schema = type->schema(s->cli->process);
    bool ok = true;
    for (uint32_t i = 0; i < schema->attr_count; i++) {
        const SchemaAttr *a = &schema->attrs[i];
        const Value *v = value_get(config, a->name);
        if (!(a->flags & ATTR_REQUIRED) || (v && value_is_set(*v))) continue;
        const BackendBlock *block = s->config ? s->config->nodes[0].def->backend : NULL;
        ok = diag_error(&s->cli->diags, "missing_backend_argument", block ? block->span : SPAN_NONE,
                        "Missing backend argument",
                        "The backend \"%s\" needs the argument \"%s\": in its block, or with infra init "
                        "-backend-config=%s=VALUE.",
                        type->name, a->name->text, a->name->text);
    }
    if (!ok) return false;
    *out = type->configure(cli_loop(s->cli), s->arena, config, &s->cli->diags);
    return *out != NULL;
}

bool backend_of_settings(Session *s, const BackendSettings *settings, const BackendType **type, Backend **out) {
    *type = backend_find(settings->type);
    if (!*type) return unknown_backend(s, settings->type, SPAN_NONE);
    const SchemaBlock *schema = (*type)->schema(s->cli->process);
    Value stored, config;
    JsonError why;
    Str problem;
    if (!json_decode(s->arena, settings->config, &stored, &why) ||
        !schema_conform(s->arena, schema, stored, &config, &problem))
        return diag_error(&s->cli->diags, "bad_backend_settings", SPAN_NONE, "Backend settings of another version",
                          "The saved settings of the backend \"%.*s\" do not fit it. Run: infra init -reconfigure",
                          STR_ARG(settings->type));
    return backend_configure(s, *type, config, out);
}

// ---- workspaces ----

Str workspace_current(Cli *cli, bool *from_environment) {
    const char *set = cli_setting(cli, "WORKSPACE");
    if (from_environment) *from_environment = set != NULL;
    if (set) return str_of(set);
    const char *path = settings_path(cli, "environment");
    Str bytes;
    Diags ignored = diags_in(cli->arena);
    if (!file_exists(path) || !file_read(cli->arena, path, 4096, &bytes, &ignored)) return STR("default");
    Str name = str_trim(bytes);
    return name.n ? name : STR("default");
}

bool workspace_select(Cli *cli, Str name) {
    return make_data_dir(cli) &&
           file_write_durable(cli->process, settings_path(cli, "environment"), name, 0644, &cli->diags);
}
