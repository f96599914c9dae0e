// Imports one object through the loader and prints it as JSON: aws-import TYPE ID. Settings come from the environment.
#include <stdio.h>

#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "providers/loader/loader.h"

static void done(void *ctx) { *(bool *)ctx = true; }

static int fail(Process *process, const Diags *diags) {
    Buf text = {0};
    for (uint32_t i = 0; i < diags->list.n; i++)
        diag_render(process, &diags->list.at[i], (DiagStyle){.ascii = true}, &text);
    fprintf(stderr, "%s", text.p ? text.p : "no object\n");
    buf_free(&text);
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    Process *process = process_new();
    type_init(process);
    marks_init(process);
    Loop *loop = loop_new(process);
    Arena *arena = arena_new(process, LIFE_WALK, "import");
    Diags diags = diags_in(arena);
    Plugins *plugins = plugins_new(loop, arena, STR("."));
    Plugin *plugin = plugins_find(plugins, STR("registry.opentofu.org/hashicorp/aws"), &diags);
    if (!plugin) return fail(process, &diags);
    Name type = name_of(process, str_of(argv[1]));
    const Schema *settings = plugin_schema(plugin, INFRA_PROVIDER_CONFIG, NULL, NULL);
    if (!plugin_schema(plugin, INFRA_RESOURCE, type, NULL)) return fail(process, &diags);
    Provider *provider = provider_open(plugins, plugin, arena);
    bool over = false;
    provider_configure(provider, arena, schema_empty(arena, settings->block), STR("."), &diags, done, &over);
    (void)loop_run_until(loop, &over);
    ProviderRead read = {.arena = arena,
                         .diags = &diags,
                         .type = type,
                         .address = type ? name_str(type) : STR_NONE,
                         .id = str_of(argv[2])};
    over = false;
    provider_import(provider, &read, done, &over);
    (void)loop_run_until(loop, &over);
    int code = 0;
    if (diags_failed(&diags) || value_is_null(read.result)) {
        code = fail(process, &diags);
    } else {
        Buf text = {0};
        JsonWriter w = json_writer(&text, 0);
        json_value(&w, read.result, NULL, JSON_IMPLIED);
        puts(text.p);
        buf_free(&text);
    }
    provider_close(provider);
    plugins_free(plugins);
    arena_free(arena);
    loop_free(loop);
    process_free(process);
    return code;
}
