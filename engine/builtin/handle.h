// The handle of provider.h and the engine's value are the same 16 bytes.
#ifndef INFRA_BUILTIN_HANDLE_H
#define INFRA_BUILTIN_HANDLE_H

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

#endif
