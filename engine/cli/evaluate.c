#include "engine/cli/evaluate.h"

#include "engine/plan/plan_resource.h"
#include "engine/plan/visit.h"
#include "engine/report/state_value.h"
#include "grammar/parse.h"

typedef struct Evaluation {
    StateReader reader;
} Evaluation;

static bool visit_resource(Walk *w, uint32_t node, const ModuleNode *module, uint32_t resource, void *ctx) {
    Evaluation *e = ctx;
    RowRange insts = walk_module_insts(w, module);
    for (uint32_t i = insts.first; i < insts.first + insts.n; i++) {
        Expansion expansion;
        ModuleInst *m = w->modules.at[i];
        if (!plan_rows_make(w, m, resource, node, &expansion)) return visit_end(w, node, true);
        for (uint32_t k = 0; k < m->rows[resource].n; k++) {
            Row *row = row_at(&w->rows, m->rows[resource].first + k);
            const PriorObject *p = row->object ? &w->prior.at[row->object - 1] : NULL;
            Subject subject;
            row->prior = p ? value_copy(w->arena, state_value(&e->reader, p->resource, p->object, &subject))
                           : value_unknown(w->process, module->def->resources.at[resource].schema->block->type);
        }
        arena_reset(e->reader.arena);
    }
    return true;
}

static bool is_provider(const Walk *w, uint32_t node) {
    if (graph_node_kind(w->graph, node) == NODE_PROVIDER) return true;
    if (graph_node_kind(w->graph, node) != NODE_BLOCK) return false;
    const ModuleNode *m = config_node_of(w->config, node);
    uint32_t i;
    return config_block(m->def, node - m->base, &i) == BLOCK_PROVIDER;
}

static bool start(Walk *w, uint32_t node, void *ctx) {
    return is_provider(w, node) || visit_node(w, node, visit_resource, ctx);
}

Walk *evaluate_walk(Session *s) {
    Walk *w = session_walk(s, WALK_EVAL);
    Evaluation e = {state_reader(w, arena_new(s->cli->process, LIFE_OP, "state values"))};
    WalkVisitor visitor = {.start = start, .ctx = &e};
    walk_run(w, &visitor);
    arena_free(e.reader.arena);
    return w;
}

bool evaluate_text(Session *s, Walk *w, Arena *arena, Str text, Value *out) {
    Diags *d = &s->cli->diags;
    const SourceFile *file = source_add(s->cli->process, STR("<console>"), str_copy(s->arena, text));
    Expr *expr;
    if (!file || !parse_expr(s->arena, file, &expr, d)) return false;
    const Code *code = load_expression(s->config, s->arena, expr, d);
    if (!code || diags_failed(d)) return false;
    WalkScope scope;
    scope_init(&scope, w, w->modules.at[0], 0, 0, arena);
    w->diags = d;
    *out = code_eval(code, &scope.scope, d);
    return !diags_failed(d);
}
