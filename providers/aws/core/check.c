// aws-check: loads every built-in definition and reports what is wrong in it. Runs when the project is built.
//
//   aws-check               all definitions; exit 1 after the first run with errors
//   aws-check --map         what input() and changes() pair: TYPE.ATTRIBUTE OPERATION.MEMBER
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

// Whether the expression uses self.NAME, itself or through lets. depth stops circles.
static bool uses(Arena *arena, const Def *def, const Code *code, Name name, uint32_t depth) {
    const Ref *const *refs;
    uint32_t n = code && depth < 16 ? code_refs(arena, code, &refs) : 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t s = refs[i]->slot;
        if ((s == SLOT_SELF || s == SLOT_CONFIG) && refs[i]->n && refs[i]->steps[0].attr == name) return true;
        if (s >= SLOT_LET && s < SLOT_STEP && uses(arena, def, def->lets.at[s - SLOT_LET].code, name, depth + 1))
            return true;
    }
    return false;
}

static bool pairs(const Core *core, const Step *s, const Attr *a) {
    if (!s->send || !s->op || !s->op->input || attr_only_computed(a)) return false;
    Str text = source_text(core->process, code_span(s->send));
    bool all = str_find(text, STR("input()")) >= 0 || str_find(text, STR("changes()")) >= 0;
    return all && mapping_find(a, s->op->input->object->names, s->op->input->object->n) >= 0;
}

static bool sends(const Core *core, const Def *def, Steps steps, const Attr *a) {
    for (uint32_t i = 0; i < steps.n; i++) {
        const Step *s = &steps.at[i];
        const Code *codes[] = {s->send, s->when, s->for_each};
        if (s->kind == STEP_REPEAT && sends(core, def, s->inner, a)) return true;
        if (s->kind != STEP_CALL) continue;
        if (pairs(core, s, a)) return true;
        for (size_t k = 0; k < sizeof codes / sizeof *codes; k++)
            if (uses(core->arena, def, codes[k], a->name, 0)) return true;
        Str when = s->when ? source_text(core->process, code_span(s->when)) : STR_NONE; // changed("name")
        if (str_find(when, str_format(core->arena, "\"%s\"", a->name->text)) >= 0) return true;
    }
    return false;
}

static bool is_sent(const Core *core, const Def *def, const Attr *a) {
    const Verb *verbs[] = {&def->create, &def->configure, &def->update};
    for (int v = 0; v < 3; v++) {
        if (sends(core, def, verbs[v]->steps, a) || uses(core->arena, def, verbs[v]->assign, a->name, 0) ||
            uses(core->arena, def, verbs[v]->id, a->name, 0))
            return true;
    }
    for (uint32_t i = 0; i < def->named.n; i++)
        if (sends(core, def, def->named.at[i].steps, a)) return true;
    return false;
}

static void check_type(Checker *c, const Def *def) {
    bool changes = def->update.there || def->configure.there;
    for (uint32_t i = 0; i < def->attrs->n; i++) {
        const Attr *a = &def->attrs->at[i];
        bool meta = a->name == def->id_name || a->name == def->tags_name || a->name == def->tags_all_name ||
                    a->name == def->timeouts_name || a->name == def->region_name;
        if (!meta && !a->declared && !a->newer)
            complain(c, def, a, "is in the schema table, but not in the definition");
        bool settable = a->flags & (INFRA_REQUIRED | INFRA_OPTIONAL) || a->block;
        if (!def->data && settable && !meta && !changes && !a->replace && !a->local && !a->alias && !a->dropped &&
            !a->inside)
            complain(c, def, a, "can change, but the type has no update");
        if (!def->data && settable && !meta && !a->local && !a->alias && !a->dropped && !is_sent(c->core, def, a))
            complain(c, def, a, "is sent by no call");
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
        for (uint32_t k = 0; s->op && s->op->input && k < s->op->input->n; k++)
            token |= s->op->input->members[k].idempotency_token;
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
        for (uint32_t i = 0; i < diags.list.n; i++)
            diag_render(c->core->process, &diags.list.at[i], (DiagStyle){.ascii = true}, &text);
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

static void print_map(Core *core, const Def *def) {
    const Verb *verbs[] = {&def->create, &def->configure, &def->update};
    for (int v = 0; v < 3; v++) {
        for (uint32_t i = 0; i < verbs[v]->steps.n; i++) {
            const Step *s = &verbs[v]->steps.at[i];
            for (uint32_t k = 0; k < def->attrs->n; k++) {
                const Attr *a = &def->attrs->at[k];
                if (a->local || !pairs(core, s, a)) continue;
                const AwsShape *input = s->op->input;
                int32_t m = mapping_find(a, input->object->names, input->object->n);
                printf("%s.%s %s.%s\n", def->type->text, a->name->text, s->op->name->text,
                       input->object->names[m]->text);
            }
        }
    }
}

static void print_maps(Core *core) {
    for (const DefFile *f = def_files; f->service; f++) {
        Def *def = core_def(core, 'r', str_of(f->stem));
        if (def && def->defined) print_map(core, def);
    }
}

int main(int argc, char **argv) {
    Process *process = process_new();
    type_init(process);
    marks_init(process);
    InfraHost host = {.folder = {"/nonexistent", 12}};
    Core *core = core_new(&host, process, NULL);
    if (argc == 2 && strcmp(argv[1], "--map") == 0) {
        print_maps(core);
        return 0;
    }
    Checker c = {.core = core};
    for (const DefFile *f = def_files; f->service; f++) check_file(&c, f);
    if (!c.errors) printf("%u definitions are sound\n", c.types);
    core_free(core);
    process_free(process);
    return c.errors ? 1 : 0;
}
