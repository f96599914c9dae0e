#include "engine/eval/heavy/heavy.h"

HeavyRun *infra_function(const char *name) {
#define HEAVY(own)                                                                                                     \
    if (strcmp(name, #own) == 0) return heavy_##own;
#include "engine/eval/heavy/heavy.def"
#undef HEAVY
    return NULL;
}
