// States in memory: the "inmem" backend, and what tests use to see how others take failures.
#ifndef INFRA_STATE_BACKEND_MEM_H
#define INFRA_STATE_BACKEND_MEM_H

#include "state/backend.h"

extern const BackendType backend_mem;

// The next n writes of any workspace fail; with `after` the new content is stored nevertheless.
void mem_fail_writes(Backend *b, uint32_t n, bool after);
// Where journals of its stores go: <folder>/<workspace>.journal.
void mem_set_journal_folder(Backend *b, Str folder);

#endif
