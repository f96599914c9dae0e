#include "engine/plan/row.h"

#include "engine/base/vec.h"

uint32_t row_add(RowTable *t, uint32_t count) {
    uint32_t first = t->n, need = (first + count + ROW_PAGE - 1) / ROW_PAGE;
    if (need > t->page_cap) {
        uint32_t cap = t->page_cap ? t->page_cap * 2 : 8;
        while (cap < need) cap *= 2;
        Row **pages = ARENA_ARRAY(t->arena, Row *, cap);
        if (t->page_count) memcpy(pages, t->pages, sizeof *pages * t->page_count);
        t->pages = pages;
        t->page_cap = cap;
    }
    while (t->page_count < need) t->pages[t->page_count++] = ARENA_ARRAY(t->arena, Row, ROW_PAGE);
    t->n += count;
    return first;
}

RowExtra *row_extra(RowTable *t, Row *row) {
    if (row->extra == 0) {
        (void)vec_add(t->arena, &t->extras);
        row->extra = t->extras.n;
    }
    return &t->extras.at[row->extra - 1];
}

const RowExtra *row_has_extra(const RowTable *t, const Row *row) {
    return row->extra ? &t->extras.at[row->extra - 1] : NULL;
}

const char *row_reason_json(Reason reason) {
    static const char *const names[] = {
#define REASON(name, json) json,
#include "engine/plan/reasons.def"
#undef REASON
    };
    return names[reason];
}

const char *row_action_name(Action action) {
    static const char *const names[] = {"no-op",  "create",             "read",   "update", "delete",
                                        "replace", "create-then-delete", "forget", "forget-then-create"};
    return names[action];
}
