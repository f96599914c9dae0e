#include "providers/aws/core/core.h"

#include "engine/io/file.h"
#include "providers/aws/core/def.h"

extern const char aws_schema_text[] __attribute__((visibility("hidden")));
extern const char aws_schema_end[] __attribute__((visibility("hidden")));

Str table_builtin(void) { return (Str){aws_schema_text, (size_t)(aws_schema_end - aws_schema_text)}; }

// The user's own definitions: infra.types/TYPE.infra, and AWS's models in infra.types/shapes/.
static void find_own(Core *core) {
    Arena *arena = core->arena;
    Diags quiet = diags_in(arena);
    Str folder = core->host->folder.p ? (Str){core->host->folder.p, core->host->folder.n} : STR(".");
    Str dir = path_join(arena, folder, STR("infra.types"));
    if (!file_is_dir(str_to_z(arena, dir))) return;
    Str *names;
    uint32_t n;
    if (!file_list(arena, str_to_z(arena, dir), &names, &n, &quiet)) return;
    for (uint32_t i = 0; i < n; i++) {
        if (!str_ends(names[i], STR(".infra"))) continue;
        Str stem = str_slice(names[i], 0, names[i].n - 6);
        strmap_put_ptr(&core->files, stem, str_to_z(arena, path_join(arena, dir, names[i])));
    }
    Str shapes = path_join(arena, dir, STR("shapes"));
    if (file_is_dir(str_to_z(arena, shapes))) aws_models_add_dir(core->models, shapes);
}

static const DefFile *builtin_file(Str type) {
    for (const DefFile *f = def_files; f->service; f++)
        if (str_eqz(type, f->stem)) return f;
    return NULL;
}

static void name_fields(Def *def) {
    Process *p = def->core->process;
    def->id_name = name_of(p, STR("id"));
    def->tags_name = name_of(p, STR("tags"));
    def->tags_all_name = name_of(p, STR("tags_all"));
    def->timeouts_name = name_of(p, STR("timeouts"));
    def->region_name = name_of(p, STR("region"));
}

static void add_plain(Core *core, Attrs *attrs, const char *name, const Type *type, uint32_t flags) {
    Attr *more = ARENA_ARRAY(core->arena, Attr, attrs->n + 1);
    if (attrs->n) memcpy(more, attrs->at, sizeof(Attr) * attrs->n);
    more[attrs->n++] = (Attr){
        .name = name_of(core->process, str_of(name)), .type = type, .flags = flags, .newer = true, .unpaired = true};
    attrs->at = more;
    attrs_finish(core->arena, attrs);
}

// Since version 6 every regional type has `region`.
static void add_region(Def *def) {
    if (attrs_find(def->attrs, def->region_name) || (def->service && def->service->global)) return;
    add_plain(def->core, def->attrs, "region", type_string(def->core->process), INFRA_OPTIONAL | INFRA_COMPUTED);
}

static void load(Def *def, const DefFile *file, const char *own) {
    Core *core = def->core;
    Diags diags = diags_in(core->arena);
    Str text = STR_NONE, path;
    bool fine;
    if (own) {
        path = str_of(own);
        fine = file_read(core->arena, own, LIMIT_SOURCE_BYTES, &text, &diags);
    } else {
        path = str_format(core->arena, "providers/aws/%s/%s.infra", file->service, file->stem);
        text = (Str){file->start, (size_t)(file->end - file->start)};
        fine = true;
    }
    if (fine) fine = def_load(def, path, text, &diags);
    if (fine) return;
    def->defined = false;
    Buf problem = buf_in(core->arena);
    for (uint32_t i = 0; i < diags.list.n; i++)
        diag_render(core->process, &diags.list.at[i], (DiagStyle){.ascii = true}, &problem);
    def->problem = buf_str(&problem);
}

Def *core_def(Core *core, char kind, Str name) {
    Str key = str_format(core->arena, "%c %.*s", kind, STR_ARG(name));
    bool added;
    uint64_t *slot = strmap_put(&core->defs, key, &added);
    if (!added) return (Def *)(uintptr_t)*slot;
    const char *own = strmap_get_ptr(&core->files, name);
    const DefFile *file = own ? NULL : builtin_file(name);
    uint64_t version = 0;
    Attrs *attrs = table_type(&core->table, kind, name, !own && !file, &version);
    if (!attrs && !own) return NULL;
    Def *def = ARENA_NEW(core->arena, Def);
    *strmap_put(&core->defs, key, NULL) = (uint64_t)(uintptr_t)def;
    *def = (Def){
        .core = core, .type = name_of(core->process, name), .data = kind == 'd', .version = version, .attrs = attrs};
    name_fields(def);
    if (!attrs) {
        def->own = true;
        def->attrs = ARENA_NEW(core->arena, Attrs);
        add_plain(core, def->attrs, "id", type_string(core->process), INFRA_COMPUTED);
    }
    if (own || file) load(def, file, own);
    if (def->has_tags && !attrs_find(def->attrs, def->tags_name)) {
        const Type *tags = type_map(core->process, type_string(core->process));
        add_plain(core, def->attrs, "tags", tags, INFRA_OPTIONAL);
        add_plain(core, def->attrs, "tags_all", tags, INFRA_COMPUTED);
    }
    if (kind != 'e') add_region(def);
    uint32_t flags = INFRA_TYPE_LOOSE;
    if (!def->defined) flags |= INFRA_TYPE_UNDEFINED;
    if (def->forgets) flags |= INFRA_TYPE_FORGETS;
    def->schema = (InfraSchema){def->version, attrs_block(core->arena, def->attrs), flags};
    return def;
}

Core *core_new(const InfraHost *host, Process *process, Loop *loop) {
    Arena *arena = arena_new(process, LIFE_PROCESS, "aws");
    Core *core = ARENA_NEW(arena, Core);
    core->host = host;
    core->process = process;
    core->loop = loop;
    core->arena = arena;
    table_init(&core->table, arena, table_builtin());
    core->models = aws_models_new(arena);
    core->defs = strmap_in(arena);
    core->services = strmap_in(arena);
    core->files = strmap_in(arena);
    find_own(core);
    return core;
}

void core_free(Core *core) { arena_free(core->arena); }
