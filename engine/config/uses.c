// References checked against what they lead to: instance keys and attribute names, before anything is evaluated.
#include "engine/config/loader.h"
#include "engine/schema/suggest.h"

typedef struct UsesCheck {
    Def *def;
    Arena *scratch;
} UsesCheck;

static bool unknown_attribute(UsesCheck *u, const Resource *r, const RefStep *step) {
    const SchemaBlock *block = r->schema->block;
    if (schema_attr(block, step->attr) || schema_nested(block, step->attr)) return true;
    Suggest near = suggest_start(name_str(step->attr));
    for (uint32_t i = 0; i < block->attr_count; i++) suggest_try(&near, name_str(block->attrs[i].name));
    for (uint32_t i = 0; i < block->block_count; i++) suggest_try(&near, name_str(block->blocks[i].name));
    return diag_error(u->def->loader->diags, "unsupported_attribute", step->span, "Unsupported attribute",
                      "%s has no argument, block or attribute \"%s\".%s", r->type->text, step->attr->text,
                      suggest_text(u->scratch, &near));
}

static void check_ref(UsesCheck *u, const Ref *ref) {
    Loader *l = u->def->loader;
    if (SLOT_KIND(ref->slot) != SLOT_RESOURCE || ref->n == 0) return;
    const Resource *r = &u->def->mod.resources.at[SLOT_INDEX(ref->slot)];
    const RefStep *step = &ref->steps[0];
    bool many = r->repeat == REPEAT_COUNT || r->repeat == REPEAT_FOR_EACH;
    if (many && step->attr) {
        diag_error(
            l->diags, "missing_key", ref->span, "Missing resource instance key",
            "%s.%s has %s, so its attributes belong to its instances: write %s.%s[%s].%s, or [*] for all of them.",
            r->type->text, r->name->text, r->repeat == REPEAT_COUNT ? "count" : "for_each", r->type->text,
            r->name->text, r->repeat == REPEAT_COUNT ? "count.index" : "each.key", step->attr->text);
        return;
    }
    if (!many && !step->attr) {
        diag_error(l->diags, "unexpected_key", step->span, "Unexpected resource instance key",
                   "%s.%s has neither count nor for_each, so it has one instance and no key follows its name.",
                   r->type->text, r->name->text);
        return;
    }
    if (many && ref->n < 2) return;
    step = &ref->steps[many];
    if (step->attr && r->schema) unknown_attribute(u, r, step);
}

static void check_code(UsesCheck *u, const Code *code) {
    const Ref *const *refs;
    uint32_t n = code ? code_refs(u->scratch, code, &refs) : 0;
    for (uint32_t i = 0; i < n; i++) check_ref(u, refs[i]);
}

static void check_body(UsesCheck *u, const BodyCode *code) {
    const Ref *const *refs;
    uint32_t n = code ? decode_refs(u->scratch, code, &refs) : 0;
    for (uint32_t i = 0; i < n; i++) check_ref(u, refs[i]);
}

static void check_rules(UsesCheck *u, const RuleList *rules) {
    for (uint32_t i = 0; i < rules->list.n; i++) {
        check_code(u, rules->list.at[i].condition);
        check_code(u, rules->list.at[i].message);
    }
}

static void check_resource(UsesCheck *u, const Resource *r) {
    check_code(u, r->repeat_code);
    check_body(u, r->code);
    check_code(u, r->lifecycle.prevent_destroy);
    for (uint32_t i = 0; i < r->lifecycle.replace_triggered_by.n; i++)
        check_code(u, r->lifecycle.replace_triggered_by.at[i]);
    check_rules(u, &r->lifecycle.preconditions);
    check_rules(u, &r->lifecycle.postconditions);
    arena_reset(u->scratch);
}

void uses_check(Def *def) {
    const ModuleDef *m = &def->mod;
    UsesCheck here = {def, arena_new(def->loader->process, LIFE_OP, "uses")}, *u = &here;
    for (uint32_t i = 0; i < m->variables.n; i++) check_rules(u, &m->variables.at[i].validations);
    for (uint32_t i = 0; i < m->locals.n; i++) check_code(u, m->locals.at[i].code);
    for (uint32_t i = 0; i < m->providers.n; i++) check_body(u, m->providers.at[i].code);
    for (uint32_t i = 0; i < m->resources.n; i++) check_resource(u, &m->resources.at[i]);
    for (uint32_t i = 0; i < m->calls.n; i++) {
        check_code(u, m->calls.at[i].repeat_code);
        for (uint32_t j = 0; j < m->calls.at[i].input_count; j++) check_code(u, m->calls.at[i].inputs[j].code);
    }
    for (uint32_t i = 0; i < m->outputs.n; i++) {
        check_code(u, m->outputs.at[i].code);
        check_rules(u, &m->outputs.at[i].preconditions);
    }
    for (uint32_t i = 0; i < m->checks.n; i++) check_rules(u, &m->checks.at[i].asserts);
    arena_free(u->scratch);
}
