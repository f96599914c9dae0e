// Reads resource, data and service blocks.
#include "engine/base/clock.h"
#include "grammar/parse.h"
#include "providers/aws/core/compile.h"

static bool def_error(Compile *c, Span at, const char *summary, const char *detail) {
    return diag_error(c->diags, "invalid_definition", at, summary, "%s", detail);
}

static const AstBlock *find_block(const AstBody *body, const char *type) {
    for (uint32_t i = 0; i < body->blocks.n; i++)
        if (str_eqz(body->blocks.at[i].type, type)) return &body->blocks.at[i];
    return NULL;
}

static bool flag(const AstBody *body, const char *name) {
    const Expr *expr = body_expr(body, name);
    return expr && expr->kind == EXPR_BOOL && expr->boolean;
}

static void read_verb(Compile *c, const AstBody *body, const char *name, Verb *verb) {
    static const char *const names[] = {"assign", "id", "settle", "adopt", "let", "set", NULL};
    static const char *const blocks[] = {"call", "wait", "run", "repeat", "find", "list", NULL};
    const AstBlock *b = find_block(body, name);
    if (!b) return;
    bool reading = str_eqz(b->type, "read");
    body_check(c, b->body, name, names, blocks);
    uint32_t visible = c->visible.n;
    verb->there = true;
    c->tagged = false;
    steps_declare(c, b->body);
    compile_lets(c, b->body);
    verb->steps = steps_read(c, b->body, reading);
    verb->tagged = c->tagged;
    verb->id = compile_code(c, body_expr(b->body, "id"));
    verb->assign = compile_code(c, body_expr(b->body, "assign"));
    verb->settle = compile_code(c, body_expr(b->body, "settle"));
    verb->adopt = flag(b->body, "adopt");
    const Expr *set = reading ? body_expr(b->body, "set") : NULL;
    if (set) {
        c->def->set = compile_code(c, set);
        // Written out, wherever in the expression.
        c->def->reads_tags = str_find(source_text(c->core->process, set->span), STR("tags_all")) >= 0;
    }
    c->visible.n = visible;
}

static void read_recover(Compile *c, const AstBody *body) {
    static const char *const names[] = {"send", "items", "match", "known", "let", NULL};
    const AstBlock *b = find_block(body, "recover");
    if (!b) return;
    Def *def = c->def;
    body_check(c, b->body, "recover", names, NULL);
    def->recovers = true;
    Step *s = ARENA_NEW(c->arena, Step);
    *s = (Step){.kind = STEP_LIST, .name = name_of(c->core->process, STR("recover")), .span = b->header_span};
    if (b->labels.n) {
        AstBody holder = {0};
        AstBlock as_list = *b;
        as_list.type = STR("list");
        vec_push(c->arena, &holder.blocks, as_list);
        uint32_t visible = c->visible.n, before = c->diags->errors;
        steps_declare(c, &holder);
        // The block's further arguments are read here.
        AstBody plain = *b->body;
        plain.attrs.n = 0;
        plain.attrs.at = ARENA_ARRAY(c->arena, AstAttr, b->body->attrs.n + 1);
        for (uint32_t i = 0; i < b->body->attrs.n; i++) {
            Str name = b->body->attrs.at[i].name;
            if (str_eqz(name, "send") || str_eqz(name, "items") || str_eqz(name, "let"))
                plain.attrs.at[plain.attrs.n++] = b->body->attrs.at[i];
        }
        holder.blocks.at[0].body = &plain;
        Steps steps = steps_read(c, &holder, true);
        if (c->diags->errors == before) *s = steps.at[0];
        c->visible.n = visible;
        def->recover = s;
    }
    compile_lets(c, b->body);
    def->recover_match = compile_code(c, body_expr(b->body, "match"));
    def->recover_known = compile_code(c, body_expr(b->body, "known"));
}

static void read_import(Compile *c, const AstBody *body) {
    static const char *const names[] = {"set", "example", "let", NULL};
    const AstBlock *b = find_block(body, "import");
    if (!b) return;
    body_check(c, b->body, "import", names, NULL);
    compile_lets(c, b->body);
    c->def->import_set = compile_code(c, body_expr(b->body, "set"));
    const Expr *example = body_expr(b->body, "example");
    if (example) c->def->import_example = example->text;
}

static void read_timeouts(Compile *c, const AstBody *body) {
    static const char *const names[TIMEOUTS] = {"create", "read", "update", "delete"};
    const Expr *expr = body_expr(body, "timeouts");
    Value v;
    Process *p = c->core->process;
    if (!expr || !compile_constant(c, expr, type_map(p, type_string(p)), &v)) return;
    for (uint32_t i = 0; i < value_parts(v); i++) {
        bool known = false;
        for (int k = 0; k < TIMEOUTS; k++) {
            if (!str_eqz(v.map->at[i].key, names[k])) continue;
            known = clock_parse_duration(value_str(v.map->at[i].value), &c->def->timeouts[k]);
        }
        if (!known)
            def_error(c, expr->span, "Invalid timeouts", "Durations of create, read, update and delete are wanted.");
    }
}

static void read_groups(Compile *c, const AstBody *body) {
    static const struct {
        const char *name;
        uint8_t least, most;
    } kinds[] = {{"exactly_one", 1, 1}, {"at_least_one", 1, 8}, {"at_most_one", 0, 1}};
    Process *p = c->core->process;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const Expr *expr = body_expr(body, kinds[k].name);
        Value v;
        if (!expr || !compile_constant(c, expr, type_list(p, type_list(p, type_string(p))), &v)) continue;
        for (uint32_t i = 0; i < v.n; i++) {
            NameGroup g = {.least = kinds[k].least, .most = kinds[k].most};
            Value names = value_part(v, i);
            for (uint32_t j = 0; j < value_parts(names) && g.n < 8; j++)
                g.at[g.n++] = name_of(p, value_str(value_part(names, j)));
            vec_push(c->arena, &c->def->groups, g);
        }
    }
}

static void read_lists(Compile *c, const AstBody *body) {
    static const char *const names[] = {"condition", "error_message", "at", NULL};
    static const char *const upgrade_names[] = {"from", "set", "let", NULL};
    Process *p = c->core->process;
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        const AstBlock *b = &body->blocks.at[i];
        uint32_t visible = c->visible.n;
        if (str_eqz(b->type, "validation")) {
            body_check(c, b->body, "validation", names, NULL);
            const Expr *at = body_expr(b->body, "at");
            Validation v = {compile_code(c, body_expr(b->body, "condition")),
                            compile_code(c, body_expr(b->body, "error_message")), at ? name_of(p, at->text) : NULL};
            if (v.condition && v.message)
                vec_push(c->arena, &c->def->validations, v);
            else
                def_error(c, b->header_span, "Incomplete validation", "It needs condition and error_message.");
        } else if (str_eqz(b->type, "upgrade")) {
            body_check(c, b->body, "upgrade", upgrade_names, NULL);
            Value from = value_int(0);
            int64_t n = 0;
            const Expr *expr = body_expr(b->body, "from");
            if (!expr || !compile_constant(c, expr, type_number(p), &from) || !value_to_i64(from, &n))
                def_error(c, b->header_span, "Incomplete upgrade", "It needs the version that it starts from.");
            compile_lets(c, b->body);
            vec_push(c->arena, &c->def->upgrades, ((Upgrade){(uint64_t)n, compile_code(c, body_expr(b->body, "set"))}));
        } else if (str_eqz(b->type, "steps") && b->labels.n) {
            steps_declare(c, b->body);
            compile_lets(c, b->body);
            NamedSteps named = {name_of(p, b->labels.at[0].text), steps_read(c, b->body, false)};
            vec_push(c->arena, &c->def->named, named);
        }
        c->visible.n = visible;
    }
}

static void read_tags(Compile *c, const AstBody *body) {
    const Expr *expr = body_expr(body, "tags");
    if (!expr) return;
    c->def->has_tags = true;
    if (expr->kind != EXPR_OBJECT) {
        def_error(c, expr->span, "Invalid tags", "An object is wanted: tags = {} or tags = { by = … }.");
        return;
    }
    for (uint32_t i = 0; i < expr->items.list.n; i++) {
        const ObjectItem *item = &expr->items.list.at[i];
        if (str_eqz(item->key->text, "by"))
            c->def->tags_by = compile_code(c, item->value);
        else
            def_error(c, item->key->span, "Invalid tags", "There is only \"by\".");
    }
}

static void read_newer(Compile *c, const AstBody *body) {
    Process *p = c->core->process;
    const Expr *expr = body_expr(body, "newer");
    Value v;
    if (!expr || !compile_constant(c, expr, type_list(p, type_string(p)), &v)) return;
    Name *at = ARENA_ARRAY(c->arena, Name, v.n + 1);
    for (uint32_t i = 0; i < v.n; i++) at[i] = name_of(p, value_str(value_part(v, i)));
    c->def->newer = at;
    c->def->newer_count = v.n;
}

static void read_resource(Compile *c, const AstBlock *block) {
    static const char *const names[] = {"service",     "version",      "attributes",  "tags", "newer", "timeouts",
                                        "exactly_one", "at_least_one", "at_most_one", "let",  "lock",  "not_found",
                                        NULL};
    static const char *const blocks[] = {"validation", "steps",   "create", "configure", "read", "update",
                                         "delete",     "recover", "import", "upgrade",   NULL};
    Def *def = c->def;
    const AstBody *body = block->body;
    body_check(c, body, def->data ? "data" : "resource", names, blocks);
    const Expr *service = body_expr(body, "service"), *version = body_expr(body, "version"),
               *attributes = body_expr(body, "attributes");
    if (service && service->kind == EXPR_STRING)
        def->service = service_load(c->core, name_of(c->core->process, service->text), c->diags);
    else
        def_error(c, block->header_span, "Missing \"service\"", "The definition must name its service.");
    int64_t n = 0;
    if (version) (void)str_to_i64(source_text(c->core->process, version->span), &n);
    if ((uint64_t)n != def->version && !def->data)
        def_error(c, version ? version->span : block->header_span, "Wrong version",
                  "The schema table has another version.");
    compile_lets(c, body);
    read_newer(c, body);
    if (attributes) (void)def_attrs(c, attributes, def->attrs, def->type->text);
    read_tags(c, body);
    read_timeouts(c, body);
    read_groups(c, body);
    def->not_found = compile_code(c, body_expr(body, "not_found"));
    def->lock = compile_code(c, body_expr(body, "lock"));
    read_lists(c, body);
    read_verb(c, body, "create", &def->create);
    read_verb(c, body, "configure", &def->configure);
    read_verb(c, body, "update", &def->update);
    read_verb(c, body, "delete", &def->remove);
    read_verb(c, body, "read", &def->read);
    def->forgets = def->remove.there && def->remove.steps.n == 0;
    for (uint32_t i = 0; i < def->read.steps.n; i++)
        if (def->read.steps.at[i].kind == STEP_FIND) def->find = &def->read.steps.at[i];
    read_recover(c, body);
    read_import(c, body);
}

static bool parse_file(Core *core, Str path, Str text, AstBody **body, Diags *diags) {
    const SourceFile *file = source_add(core->process, path, text);
    return file && parse_body(core->arena, file, body, diags);
}

bool def_load(Def *def, Str path, Str text, Diags *diags) {
    AstBody *body;
    uint32_t before = diags->errors;
    if (!parse_file(def->core, path, text, &body, diags)) return false;
    for (uint32_t i = 0; i < body->blocks.n; i++) {
        const AstBlock *b = &body->blocks.at[i];
        bool kind = str_eqz(b->type, def->data ? "data" : "resource");
        if (!kind || b->labels.n != 1 || !str_eq(b->labels.at[0].text, name_str(def->type))) continue;
        Compile c = compile_start(def, diags);
        def->defined = true;
        read_resource(&c, b);
    }
    def->defined = def->defined && diags->errors == before;
    return diags->errors == before;
}

static void read_service(Compile *c, Service *s, const AstBody *body) {
    static const char *const names[] = {"global", "not_found", "retry", NULL}, *const blocks[] = {"tags", NULL};
    body_check(c, body, "service", names, blocks);
    s->global = flag(body, "global");
    s->not_found = compile_code(c, body_expr(body, "not_found"));
    s->retry = compile_code(c, body_expr(body, "retry"));
    const AstBlock *tags = find_block(body, "tags");
    if (!tags) return;
    static const struct {
        const char *type;
        StepKind kind;
    } kinds[] = {{"list", STEP_FIND}, {"add", STEP_CALL}, {"remove", STEP_CALL}};
    const Step **to[] = {&s->tags.list, &s->tags.add, &s->tags.remove};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const AstBlock *b = find_block(tags->body, kinds[i].type);
        if (!b || b->labels.n == 0) continue;
        AstBody holder = {0}, plain = *b->body;
        AstBlock as = *b;
        plain.attrs.n = 0;
        plain.attrs.at = ARENA_ARRAY(c->arena, AstAttr, b->body->attrs.n + 1);
        for (uint32_t k = 0; k < b->body->attrs.n; k++)
            if (!str_eqz(b->body->attrs.at[k].name, "tags")) plain.attrs.at[plain.attrs.n++] = b->body->attrs.at[k];
        as.type = kinds[i].kind == STEP_FIND ? STR("find") : STR("call");
        as.body = &plain;
        vec_push(c->arena, &holder.blocks, as);
        steps_declare(c, &holder);
        Steps steps = steps_read(c, &holder, true);
        *to[i] = &steps.at[0];
        if (kinds[i].kind == STEP_FIND) s->tags.tags = compile_code(c, body_expr(b->body, "tags"));
    }
}

static const DefFile *service_file(Name name) {
    for (const DefFile *f = def_files; f->service; f++)
        if (str_eqz(name_str(name), f->service) && strcmp(f->stem, "service") == 0) return f;
    return NULL;
}

Service *service_load(Core *core, Name name, Diags *diags) {
    bool added;
    uint64_t *slot = strmap_put(&core->services, name_str(name), &added);
    if (!added) return (Service *)(uintptr_t)*slot;
    Service *s = ARENA_NEW(core->arena, Service);
    *slot = (uint64_t)(uintptr_t)s;
    Def *def = ARENA_NEW(core->arena, Def);
    *def = (Def){.core = core, .type = name, .service = s, .attrs = ARENA_NEW(core->arena, Attrs)};
    attrs_finish(core->arena, def->attrs);
    *s = (Service){.core = core, .name = name, .def = def};
    s->model = aws_model_load(core->models, name_str(name), diags);
    const DefFile *f = service_file(name);
    if (!f) return s;
    AstBody *body;
    Str path = str_format(core->arena, "providers/aws/%s/service.infra", name->text);
    if (!parse_file(core, path, (Str){f->start, (size_t)(f->end - f->start)}, &body, diags)) return s;
    Compile c = compile_start(def, diags);
    const AstBlock *b = find_block(body, "service");
    if (b) read_service(&c, s, b->body);
    return s;
}
