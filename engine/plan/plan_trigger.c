// replace_triggered_by: a change of what it refers to replaces the instance.
#include "engine/plan/plan_resource.h"

static bool action_triggers(uint8_t action) {
    return action == ACTION_CREATE || action == ACTION_FORGET_THEN_CREATE || action == ACTION_UPDATE || action == ACTION_DELETE_THEN_CREATE || action == ACTION_CREATE_THEN_DELETE;
}

static bool row_triggers(const Row *row, const Ref *ref, uint32_t step) {
    if (step == ref->n) return action_triggers(row->action);
    if (!action_triggers(row->action)) return false;
    Value before = row->prior, after = row->planned;
    for (; step < ref->n; step++) {
        const Value *b = ref->steps[step].attr ? value_get(before, ref->steps[step].attr) : NULL;
        const Value *a = ref->steps[step].attr ? value_get(after, ref->steps[step].attr) : NULL;
        if (!a || !b) return true; // a step that cannot be followed: better once too often
        before = *b;
        after = *a;
    }
    return !value_same(before, after);
}

static bool ref_triggers(RowOp *op, const Ref *ref) {
    Walk *w = op->block->planner->walk;
    if (SLOT_KIND(ref->slot) != SLOT_RESOURCE) return false;
    ModuleInst *m = op->scope.module;
    RowRange range = m->rows[SLOT_INDEX(ref->slot)];
    uint32_t step = 0;
    if (ref->n > 0 && ref->steps[0].index) {
        Value key = code_eval(ref->steps[0].index, &op->scope.scope, &op->diags);
        InstanceKey k;
        if (!value_is_set(key) || !key_of_value(key, &k)) return false;
        uint32_t row = walk_find_row(w, m, SLOT_INDEX(ref->slot), k);
        return row != ROW_NONE && row_triggers(row_at(&w->rows, row), ref, 1);
    }
    for (uint32_t i = 0; i < range.n; i++)
        if (row_triggers(row_at(&w->rows, range.first + i), ref, step)) return true;
    return false;
}

bool plan_row_triggered(RowOp *op) {
    const Lifecycle *l = &op->block->resource->lifecycle;
    for (uint32_t i = 0; i < l->replace_triggered_by.n; i++) {
        const Ref *ref = code_single_ref(l->replace_triggered_by.at[i]);
        if (ref && ref_triggers(op, ref)) return true;
    }
    return false;
}
