// Functions that need libraries which few configurations use: PCRE2, OpenSSL, libxcrypt, zlib, libyaml. They live in
// infra-functions.so, so that starting does not pay for them.
#ifndef INFRA_EVAL_HEAVY_HEAVY_H
#define INFRA_EVAL_HEAVY_HEAVY_H

#include "engine/eval/func.h"

typedef bool HeavyRun(FuncCall *call, Value *out);
typedef HeavyRun *HeavyFind(const char *name);

// The entry of infra-functions.so: the function of that name, or NULL.
HeavyRun *infra_function(const char *name);

#define HEAVY(name) bool heavy_##name(FuncCall *call, Value *out);
#include "engine/eval/heavy/heavy.def"
#undef HEAVY

#endif
