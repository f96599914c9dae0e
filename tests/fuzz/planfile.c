// Plan files: the container and what is read before a configuration is there.
#include "engine/plan/planfile.h"
#include "engine/value/marks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *p = process_new();
    type_init(p);
    marks_init(p);
    Arena *arena = arena_new(p, LIFE_OP, "fuzz");
    Diags diags = diags_in(arena);
    Planfile *f = planfile_parse(arena, "fuzz", str_make((const char *)data, size), &diags);
    if (f && planfile_home(f)->workspace.n > size) __builtin_trap();
    arena_free(arena);
    process_free(p);
    return 0;
}
