// Resource instances as rows of a dense table.
//
// One row per instance that is configured or has an object in the state. Rows are made in pages, so a row's address
// does not move. Rows of one resource block in one module instance lie together, in key order.
#ifndef INFRA_PLAN_ROW_H
#define INFRA_PLAN_ROW_H

#include "engine/value/key.h"
#include "engine/value/value.h"
#include "state/snapshot.h"

typedef enum Action {
    ACTION_NOOP,
    ACTION_CREATE,
    ACTION_READ,
    ACTION_UPDATE,
    ACTION_DELETE,
    ACTION_DELETE_THEN_CREATE,
    ACTION_CREATE_THEN_DELETE,
    ACTION_FORGET,
    ACTION_FORGET_THEN_CREATE,
} Action;

typedef enum Reason {
#define REASON(name, json) REASON_##name,
#include "engine/plan/reasons.def"
#undef REASON
} Reason;

enum {
    ROW_CONFIGURED = 1, // the configuration has this instance
    ROW_PLANNED = 2,    // action and planned are set
    ROW_FAILED = 4,     // planning or applying it failed: what needs it is skipped
    ROW_TAINTED = 8,    // the prior object is
    ROW_DRIFTED = 16,   // reading changed the prior object
    ROW_APPLIED = 32,   // planned holds what is really there now
    ROW_DEPOSED = 64,   // a deposed object of an instance; never configured
    ROW_UNTARGETED = 256, // left alone by -target or -exclude: planned is the prior object
    ROW_NO_EFFECT = 128, // its type touches nothing outside
};

#define ROW_NONE UINT32_MAX

typedef struct Row {
    Value key;        // string, number, or kind TYPE_DYNAMIC for none
    Value prior;      // refreshed, upgraded, with marks; null: none
    Value planned;    // with marks; null after a delete; a data source's result
    uint32_t module;  // module instance
    uint32_t block;   // global block id; UINT32_MAX: the configuration has no such block (orphan)
    uint32_t object;  // index + 1 into the prior objects (prior.h); 0: none
    uint8_t action;   // Action
    uint8_t reason;   // Reason
    uint16_t flags;
    uint32_t extra;   // index + 1 into RowExtra; 0: none
} Row;

_Static_assert(sizeof(Row) <= 72, "rows are many");

// What only rows with a change have.
typedef struct RowExtra {
    PathList replace;        // paths that need a replacement
    const void *private_bytes; // of the plan, for apply
    size_t private_n;
    Str note;                // what the provider wants the plan to say
    Str moved_from;          // the address that the state has it under, when another
    bool imported;           // prior came from an import block, with
    Str import_id;           // this id, or an identity
    Value import_identity;
    Str imported_private;
    Str deposed;             // in an apply: what the object that a replacement left is called
} RowExtra;

typedef struct RowTable {
    Arena *arena;
    Row **pages;
    uint32_t n, page_count, page_cap;
    VEC(RowExtra) extras;
} RowTable;

#define ROW_PAGE 1024u

static inline Row *row_at(const RowTable *t, uint32_t i) { return &t->pages[i / ROW_PAGE][i % ROW_PAGE]; }
// Appends `count` cleared rows; the index of the first.
uint32_t row_add(RowTable *t, uint32_t count);
RowExtra *row_extra(RowTable *t, Row *row);             // made when absent
const RowExtra *row_has_extra(const RowTable *t, const Row *row); // or NULL

// Stable names of reasons in JSON, "" for none.
const char *row_reason_json(Reason reason);
const char *row_action_name(Action action);

#endif
