// A provider behind the loader, for unit tests: one process, one loop on fake time, a fresh folder.
#ifndef INFRA_HARNESS_PROVIDER_WORLD_H
#define INFRA_HARNESS_PROVIDER_WORLD_H

#include "tests/harness/unit.h"

#include "engine/io/file.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "engine/value/render.h"
#include "providers/loader/loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct World {
    Process *process;
    Loop *loop;
    Arena *arena;
    char folder[64];
    Plugins *plugins;
    Plugin *plugin;
    Provider *provider;
    Name type; // that the helpers are about
    const SchemaBlock *block;
    Diags diags;
    bool done;
} World;

typedef const InfraPlugin *(*WorldEntry)(const InfraHost *host);

static inline void world_done(void *ctx) { ((World *)ctx)->done = true; }

static inline void world_wait(World *w) {
    assert_true(loop_run_until(w->loop, &w->done));
    w->done = false;
}

// Before the plugin is opened, so that it may read files from the folder.
static inline World *world_new(void) {
    World *w = calloc(1, sizeof *w);
    w->process = test_process();
    type_init(w->process);
    marks_init(w->process);
    w->loop = loop_new(w->process);
    loop_set_fake(w->loop, true);
    w->arena = arena_new(w->process, LIFE_WALK, "test");
    w->diags = diags_in(w->arena);
    strcpy(w->folder, "/tmp/infra-test-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    return w;
}

static inline const char *world_path(World *w, const char *name) {
    return str_format(w->arena, "%s/%s", w->folder, name).p;
}

static inline void world_write(World *w, const char *name, const char *text) {
    FILE *f = fopen(world_path(w, name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static inline Str world_read(World *w, const char *name) {
    Str text = STR_NONE;
    assert_true(file_read(w->arena, world_path(w, name), 1 << 20, &text, &w->diags));
    return text;
}

static inline void world_type(World *w, InfraTypeKind kind, const char *type) {
    w->type = name_of(w->process, str_of(type));
    const Schema *schema = plugin_schema(w->plugin, kind, w->type, NULL);
    assert_non_null(schema);
    w->block = schema->block;
}

// entry NULL: a file beside the program.
static inline void world_open(World *w, WorldEntry entry, const char *address, const char *type) {
    w->plugins = plugins_new(w->loop, w->arena, str_of(w->folder));
    if (entry) plugins_add(w->plugins, entry);
    w->plugin = plugins_find(w->plugins, str_of(address), &w->diags);
    assert_non_null(w->plugin);
    w->provider = provider_open(w->plugins, w->plugin, w->arena);
    world_type(w, INFRA_RESOURCE, type);
}

static inline void world_free(World *w) {
    provider_close(w->provider);
    plugins_free(w->plugins);
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", w->folder);
    assert_int_equal(system(command), 0);
    arena_free(w->arena);
    loop_free(w->loop);
    process_free(w->process);
    free(w);
}

// An object of the schema; "?" as a string is an unknown value.
static inline Value world_unknowns(World *w, Value v) {
    if (v.kind == TYPE_STRING && value_is_set(v) && str_eqz(value_str(v), "?"))
        return value_unknown(w->process, type_dynamic(w->process));
    if (!value_parts(v)) return v;
    Value *parts = ARENA_ARRAY(w->arena, Value, value_parts(v));
    for (uint32_t i = 0; i < value_parts(v); i++) parts[i] = world_unknowns(w, value_part(v, i));
    return value_with_parts(w->arena, v, parts);
}

static inline Value world_object_of(World *w, const SchemaBlock *block, const char *json) {
    Value loose, v;
    Str error = STR_NONE;
    if (!json) return value_null(w->process, block->type);
    assert_true(json_decode(w->arena, str_of(json), &loose, NULL));
    if (!schema_conform(w->arena, block, world_unknowns(w, loose), &v, &error)) fail_msg("%.*s", STR_ARG(error));
    return v;
}

static inline Value world_object(World *w, const char *json) { return world_object_of(w, w->block, json); }

// Compact JSON with null attributes and empty collections left out, unknown as "?".
static inline void world_show_into(World *w, Value v, Buf *b) {
    if (value_is_unknown(v)) {
        buf_z(b, "?");
    } else if (v.kind == TYPE_OBJECT || v.kind == TYPE_MAP) {
        buf_char(b, '{');
        bool any = false;
        for (uint32_t i = 0; i < value_parts(v); i++) {
            Value part = value_part(v, i);
            if (value_is_null(part) || (value_is_set(part) && part.kind >= TYPE_LIST && !part.n)) continue;
            if (any) buf_char(b, ' ');
            any = true;
            buf_add(b, v.kind == TYPE_MAP ? v.map->at[i].key : name_str(v.obj->shape->names[i]));
            buf_char(b, '=');
            world_show_into(w, part, b);
        }
        buf_char(b, '}');
    } else if (v.kind >= TYPE_LIST && value_is_set(v)) {
        buf_char(b, '[');
        for (uint32_t i = 0; i < v.n; i++) {
            if (i) buf_char(b, ' ');
            world_show_into(w, value_part(v, i), b);
        }
        buf_char(b, ']');
    } else if (v.kind == TYPE_STRING && value_is_set(v)) {
        buf_add(b, value_str(v));
    } else {
        render_value(w->process, v, 0, b);
    }
}

static inline Str world_show(World *w, Value v) {
    Buf b = buf_in(w->arena);
    if (value_is_null(v)) return STR("null");
    world_show_into(w, v, &b);
    return buf_str(&b);
}

static inline void world_configure(World *w, const char *json) {
    const Schema *schema = plugin_schema(w->plugin, INFRA_PROVIDER_CONFIG, NULL, NULL);
    Value config = world_object_of(w, schema->block, json);
    provider_configure(w->provider, w->arena, config, str_of(w->folder), &w->diags, world_done, w);
    world_wait(w);
}

// NULL prior: create; NULL config and proposed: destroy.
static inline ProviderPlan world_plan(World *w, const char *prior, const char *config, const char *proposed) {
    ProviderPlan q = {.arena = w->arena,
                      .diags = &w->diags,
                      .type = w->type,
                      .address = STR("thing.a"),
                      .prior = world_object(w, prior),
                      .config = world_object(w, config),
                      .proposed = world_object(w, proposed)};
    provider_plan(w->provider, &q, world_done, w);
    world_wait(w);
    return q;
}

static inline ProviderApply world_change(World *w, InfraAction action, const char *prior, const char *planned) {
    Value nothing = world_object(w, NULL);
    return (ProviderApply){.arena = w->arena,
                           .diags = &w->diags,
                           .type = w->type,
                           .address = STR("thing.a"),
                           .action = action,
                           .prior = world_object(w, prior),
                           .config = nothing,
                           .planned = world_object(w, planned)};
}

static inline void world_prepare(World *w, ProviderApply *q) {
    provider_prepare(w->provider, q, world_done, w);
    world_wait(w);
}

static inline void world_apply(World *w, ProviderApply *q) {
    provider_apply(w->provider, q, world_done, w);
    world_wait(w);
}

static inline ProviderRecover world_recover(World *w, const ProviderApply *of) {
    ProviderRecover q = {.arena = w->arena,
                         .diags = &w->diags,
                         .type = w->type,
                         .address = of->address,
                         .action = of->action,
                         .prior = of->prior,
                         .planned = of->planned,
                         .token = of->token,
                         .note = of->note};
    provider_recover(w->provider, &q, world_done, w);
    world_wait(w);
    return q;
}

static inline ProviderRead world_read_request(World *w, const char *prior) {
    return (ProviderRead){.arena = w->arena,
                          .diags = &w->diags,
                          .type = w->type,
                          .address = STR("thing.a"),
                          .prior = world_object(w, prior)};
}

// Forgets the messages so far and says how many errors there were.
static inline uint32_t world_errors(World *w) {
    uint32_t n = w->diags.errors;
    w->diags = diags_in(w->arena);
    return n;
}

#define assert_shown(w, v, want) assert_str(world_show((w), (v)), (want))
#define assert_no_errors(w)                                                                                            \
    do {                                                                                                               \
        if ((w)->diags.errors) {                                                                                       \
            const Diag *first_ = &(w)->diags.list.at[0];                                                               \
            fail_msg("%.*s: %.*s", STR_ARG(first_->summary), STR_ARG(first_->detail));                                 \
        }                                                                                                              \
    } while (0)

#endif
