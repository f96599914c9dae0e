// The configuration files of a folder: which ones count, and their syntax trees.
#include "engine/base/limits.h"
#include "engine/config/loader.h"
#include "engine/io/file.h"
#include "grammar/parse.h"

// Of files with the same stem only the one with the first of these endings counts.
static const char *const endings[] = {".infra", ".tofu", ".tf"};
#define ENDINGS (sizeof endings / sizeof endings[0])
#define LEGACY (ENDINGS - 1)

static bool ignored(Str name) {
    return name.p[0] == '.' || name.p[name.n - 1] == '~' || (name.p[0] == '#' && name.p[name.n - 1] == '#');
}

static uint32_t ending_of(Str name) {
    for (uint32_t i = 0; i < ENDINGS; i++)
        if (name.n > strlen(endings[i]) && str_ends(name, str_of(endings[i]))) return i;
    return ENDINGS;
}

static bool hidden(Loader *l, const StrMap *names, Str stem, uint32_t ending) {
    for (uint32_t i = 0; i < ending; i++)
        if (strmap_get(names, str_concat(l->arena, stem, str_of(endings[i])))) return true;
    return false;
}

static bool is_override(Str stem) { return str_eqz(stem, "override") || str_ends(stem, STR("_override")); }

static bool in_folder(Loader *l, Str path, Str dir) {
    return str_eq(path_clean(l->arena, path_dir(path)), path_clean(l->arena, dir));
}

bool files_folder_exists(Loader *l, Str dir) {
    const SourceSnapshot *s = l->options->snapshot;
    if (!s) return file_is_dir(str_to_z(l->arena, dir));
    for (uint32_t i = 0; i < s->n; i++)
        if (in_folder(l, s->paths[i], dir)) return true;
    return false;
}

static bool files_names(Loader *l, Str dir, Str **names, uint32_t *n) {
    const SourceSnapshot *s = l->options->snapshot;
    if (!s) return file_list(l->arena, str_to_z(l->arena, dir), names, n, l->diags);
    *names = ARENA_ARRAY(l->arena, Str, s->n + 1);
    *n = 0;
    for (uint32_t i = 0; i < s->n; i++)
        if (in_folder(l, s->paths[i], dir)) (*names)[(*n)++] = path_base(s->paths[i]);
    return true;
}

static bool files_text(Loader *l, Str path, Str *out) {
    const SourceSnapshot *s = l->options->snapshot;
    if (!s) return file_read(l->arena, path.p, LIMIT_SOURCE_BYTES, out, l->diags);
    for (uint32_t i = 0; i < s->n; i++) {
        if (!str_eq(s->paths[i], path)) continue;
        *out = s->texts[i];
        return true;
    }
    return false;
}

static bool read_file(Loader *l, Str path, ConfigFile *out) {
    Str text;
    if (!files_text(l, path, &text)) return false;
    const SourceFile *file = source_add(l->process, path, text);
    if (!file)
        return diag_error(l->diags, "sources_too_large", SPAN_NONE, "Too much source text",
                          "The configuration files together are larger than 4 GiB.");
    vec_push(l->arena, &l->config->files, file);
    AstBody *ast;
    parse_body(l->arena, file, &ast, l->diags);
    out->path = path;
    out->ast = ast;
    return true;
}

static void add_file(Loader *l, Str dir, const StrMap *names, Str name, ConfigFiles *out) {
    if (name.n == 0 || ignored(name)) return;
    uint32_t ending = ending_of(name);
    if (str_ends(name, STR(".tf.json")) || str_ends(name, STR(".tofu.json")) || str_ends(name, STR(".infra.json"))) {
        diag_error(l->diags, "json_syntax", SPAN_NONE, "JSON configuration syntax",
                   "The file %.*s in %.*s is in the JSON syntax, which is not read. Write it in the native syntax.",
                   STR_ARG(name), STR_ARG(dir));
        return;
    }
    if (ending == ENDINGS) return;
    Str stem = str_slice(name, 0, name.n - strlen(endings[ending]));
    if (hidden(l, names, stem, ending)) return;
    Str path = path_clean(l->arena, path_join(l->arena, dir, name));
    path = str_copy(l->arena, path);
    if (!l->options->snapshot && file_is_dir(path.p)) return;
    ConfigFile file = {.override = is_override(stem), .legacy = ending == LEGACY};
    if (read_file(l, path, &file)) vec_push(l->arena, &out->list, file);
}

bool files_read(Loader *l, Str dir, ConfigFiles *out) {
    Str *names;
    uint32_t n;
    *out = (ConfigFiles){{NULL, 0, 0}};
    if (!files_names(l, dir, &names, &n)) return false;
    StrMap by_name = strmap_in(l->arena);
    for (uint32_t i = 0; i < n; i++) *strmap_put(&by_name, names[i], NULL) = i;
    for (uint32_t i = 0; i < n; i++) add_file(l, dir, &by_name, names[i], out);
    return true;
}
