// Saved plans: `plan -out` and `apply FILE`.
//
//   file    = magic section* end
//   section = tag u32le, length u64le, crc32c u32le of the bytes, bytes
//
// Sections: META (versions, options, timestamp, where the state was), VARIABLES, SOURCES (the configuration's files),
// STATE (a digest of every prior object), ROWS (the change set), DRIFT (what reading found), CHECKS. No timestamps of
// its own, same plan same bytes. 0600: it holds what the state holds. Reading is bounded; another version of the
// program, damage, or a state that moved on is refused with what is wrong.
#ifndef INFRA_PLAN_PLANFILE_H
#define INFRA_PLAN_PLANFILE_H

#include "engine/plan/plan.h"

typedef struct PlanfileHome { // where the state was that the plan builds on
    Str backend;   // type, "" for none
    Str settings;  // its resolved settings as JSON
    Str workspace;
} PlanfileHome;

bool planfile_write(const Plan *plan, const PlanfileHome *home, const char *path, Diags *diags);

typedef struct Planfile Planfile;
// Does the file look like a plan of this program? (`show FILE` asks.)
bool planfile_is(const char *path);
Planfile *planfile_open(Arena *arena, const char *path, Diags *diags);
// The same from bytes, which must live as long as the arena; path is for messages.
Planfile *planfile_parse(Arena *arena, const char *path, Str bytes, Diags *diags);
const PlanfileHome *planfile_home(const Planfile *f);
// Fills in the snapshot of the configuration; then load_config and load_bind_schemas are called as usual.
void planfile_sources(const Planfile *f, LoadOptions *options);
// Root variable values as planned. Ephemeral ones are not in the file: those come from `given` (by index, kind
// TYPE_DYNAMIC and not null where not given).
bool planfile_variables(const Planfile *f, const Config *config, const Value *given, Value **values, Diags *diags);
WalkKind planfile_walk_kind(const Planfile *f);
// The plan, on a new walk over the loaded configuration and the current state. Refused when objects of the state are not
// as they were (check): the message names what moved. Providers are configured on the way.
Plan *planfile_plan(Planfile *f, Walk *walk, bool check, Diags *diags);

#endif
