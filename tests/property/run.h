// One run of the engine in this process: plan and apply what a folder says.
#ifndef INFRA_PROPERTY_RUN_H
#define INFRA_PROPERTY_RUN_H

#include "engine/base/arena.h"
#include "engine/base/str.h"

typedef struct RunOptions {
    const char *folder;
    bool destroy, refresh_only;
    bool apply;    // else plan only
    uint64_t seed; // of ids
} RunOptions;

typedef struct RunObject { // of a managed resource in the state
    Str type, name;        // copied into the caller's arena, as are all texts
    Str key, id, text, label;
    Str deposed;
    bool tainted;
    const Str *dependencies;
    uint32_t dependency_count;
} RunObject;

typedef struct RunResult {
    bool planned, applied; // without errors
    bool changes;          // the plan has some
    uint32_t create, update, destroy; // of objects of tfcoremock, as planned
    uint32_t failed, skipped;
    RunObject *before, *after;
    uint32_t before_count, after_count;
    Str told; // diagnostics
} RunResult;

void run_engine(Arena *arena, const RunOptions *options, RunResult *out);

#endif
