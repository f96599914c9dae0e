// aws-check: loads every built-in definition and reports what is wrong in it. Runs when the project is built.
//
//   aws-check               all definitions; exit 1 after the first run with errors
//   aws-check --map TYPE    attribute = API member, as output() of the type's find and input() of its first create pair
#include <stdio.h>
#include <string.h>

#include "engine/value/marks.h"
#include "providers/aws/core/compile.h"
#include "providers/aws/core/core.h"
#include "providers/aws/core/def.h"
#include "providers/aws/core/mapping.h"

typedef struct Checker {
    Core *core;
    uint32_t errors, types;
} Checker;

static void complain(Checker *c, const Def *def, const Attr *a, const char *what) {
    c->errors++;
    fprintf(stderr, "%s.%s: %s\n", def->type->text, a ? a->name->text : "*", what);
}

// Whether some expression of the verb's steps mentions the attribute of self, or takes all by input() or changes().
static bool sends(const Core *core, const Def *def, const Verb *verb, const Attr *a) {
    Arena *arena = core->arena;
    for (uint32_t i = 0; i < verb->steps.n; i++) {
        const Step *s = &verb->steps.at[i];
        if (!s->send) continue;
        Str text = source_text(core->process, code_span(s->send));
        bool all = str_find(text, STR("input()")) >= 0 || str_find(text, STR("changes()")) >= 0;
        if (all && s->op && s->op->input && mapping_find(a, s->op->input->object->names, s->op->input->object->n) >= 0) return true;
    }
    (void)arena;
    (void)def;
    return false;
}

static void check_type(Checker *c, const Def *def) {
    bool changes = def->update.there || def->configure.there;
    for (uint32_t i = 0; i < def->attrs->n; i++) {
        const Attr *a = &def->attrs->at[i];
        bool meta = a->name == def->id_name || a->name == def->tags_name || a->name == def->tags_all_name ||
                    a->name == def->timeouts_name || a->name == def->region_name;
        if (!meta && !a->declared && !a->newer) complain(c, def, a, "is in the schema table, but not in the definition");
        bool settable = a->flags & (INFRA_REQUIRED | INFRA_OPTIONAL) || a->block;
        if (!def->data && settable && !meta && !changes && !a->replace && !a->local && !a->alias && !a->dropped && !a->inside)
            complain(c, def, a, "can change, but the type has no update");
    }
    if (!def->data && !def->read.there) complain(c, def, NULL, "has no read");
    if (!def->data && !def->create.there) complain(c, def, NULL, "has no create");
    if (!def->data && !def->remove.there) complain(c, def, NULL, "has no delete");
    if (def->data || !def->find) return;
    if (!def->not_found && !def->find->gone && !(def->service && def->service->not_found))
        complain(c, def, NULL, "has a find without not_found and gone");
    bool token = false;
    for (uint32_t i = 0; i < def->create.steps.n; i++) {
        const Step *s = &def->create.steps.at[i];
        for (uint32_t k = 0; s->op && s->op->input && k < s->op->input->n; k++) token |= s->op->input->members[k].idempotency_token;
    }
    if (!def->create.id && !token && !def->recovers && !def->create.adopt)
        complain(c, def, NULL, "has neither an id known beforehand, nor a token, nor recover");
}

static void check_file(Checker *c, const DefFile *f) {
    static const char kinds[] = {'r', 'd'};
    Str stem = str_of(f->stem), path = str_format(c->core->arena, "providers/aws/%s/%s.infra", f->service, f->stem);
    if (strcmp(f->stem, "service") == 0) {
        Diags diags = diags_in(c->core->arena);
        (void)service_load(c->core, name_of(c->core->process, str_of(f->service)), &diags);
        Buf text = buf_in(c->core->arena);
        for (uint32_t i = 0; i < diags.list.n; i++) diag_render(c->core->process, &diags.list.at[i], (DiagStyle){.ascii = true}, &text);
        if (diags.errors) fprintf(stderr, "%.*s\n", STR_ARG(buf_str(&text)));
        c->errors += diags.errors;
        return;
    }
    uint32_t found = 0;
    for (int k = 0; k < 2; k++) {
        Def *def = core_def(c->core, kinds[k], stem);
        if (!def) continue;
        if (def->problem.n) {
            fprintf(stderr, "%.*s\n", STR_ARG(def->problem));
            c->errors++;
        }
        if (!def->defined) continue;
        found++;
        check_type(c, def);
    }
    c->types += found;
    if (!found && !c->errors) {
        fprintf(stderr, "%.*s defines no type of that name\n", STR_ARG(path));
        c->errors++;
    }
}

static int print_map(Core *core, Str type) {
    Def *def = core_def(core, 'r', type);
    if (!def || !def->defined || !def->find || !def->find->op) return 1;
    const Step *create = NULL;
    for (uint32_t i = 0; i < def->create.steps.n && !create; i++)
        if (def->create.steps.at[i].op) create = &def->create.steps.at[i];
    for (uint32_t i = 0; create && create->op->input && i < def->attrs->n; i++) {
        const Attr *a = &def->attrs->at[i];
        int32_t m = mapping_find(a, create->op->input->object->names, create->op->input->object->n);
        bool sent = sends(core, def, &def->create, a) && !attr_only_computed(a) && !a->local;
        if (m >= 0 && sent) printf("input %s = %s\n", a->name->text, create->op->input->object->names[m]->text);
    }
    return 0;
}

int main(int argc, char **argv) {
    Process *process = process_new();
    type_init(process);
    marks_init(process);
    InfraHost host = {.folder = {"/nonexistent", 12}};
    Core *core = core_new(&host, process, NULL);
    if (argc == 3 && strcmp(argv[1], "--map") == 0) return print_map(core, str_of(argv[2]));
    Checker c = {.core = core};
    for (const DefFile *f = def_files; f->service; f++) check_file(&c, f);
    if (!c.errors) printf("%u definitions are sound\n", c.types);
    core_free(core);
    process_free(process);
    return c.errors ? 1 : 0;
}
