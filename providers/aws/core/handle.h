// The handles of provider.h and the engine's values and arenas are the same things.
#ifndef INFRA_AWS_CORE_HANDLE_H
#define INFRA_AWS_CORE_HANDLE_H

#include "engine/value/value.h"
#include "providers/provider.h"

static inline InfraValue handle_of(Value v) {
    InfraValue h;
    memcpy(&h, &v, sizeof h);
    return h;
}
static inline Value handle_value(InfraValue h) {
    Value v;
    memcpy(&v, &h, sizeof v);
    return v;
}
static inline Arena *handle_arena(InfraArena *arena) { return (Arena *)arena; }
static inline Str handle_str(InfraText t) { return (Str){t.p, t.n}; }
static inline InfraText handle_text(Str s) { return (InfraText){s.p, s.n}; }

#endif
