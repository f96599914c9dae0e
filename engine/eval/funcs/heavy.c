// Opens infra-functions.so, which lies beside the library that holds this code.
#include <dlfcn.h>
#include <stdatomic.h>

#include "engine/eval/funcs/funcs.h"
#include "engine/eval/heavy/heavy.h"

static HeavyFind *heavy_open(FuncCall *call) {
    static _Atomic(HeavyFind *) opened; // the same for every process and thread: code
    HeavyFind *find = atomic_load_explicit(&opened, memory_order_acquire);
    if (find) return find;
    Dl_info self;
    if (!dladdr(&opened, &self) || !self.dli_fname) return NULL;
    Str own = str_of(self.dli_fname);
    size_t slash = own.n;
    while (slash > 0 && own.p[slash - 1] != '/') slash--;
    char *path = str_to_z(call->arena, str_format(call->arena, "%.*sinfra-functions.so", (int)slash, own.p));
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library ? dlsym(library, "infra_function") : NULL;
    memcpy(&find, &symbol, sizeof find);
    atomic_store_explicit(&opened, find, memory_order_release);
    return find;
}

static bool heavy_named(FuncCall *call, const char *name, Value *out) {
    HeavyFind *find = heavy_open(call);
    HeavyRun *run = find ? find(name) : NULL;
    if (run) return run(call, out);
    return func_fail(call, -1,
                     "infra-functions.so, which holds this function, cannot be opened; the installation is not "
                     "complete");
}

bool heavy_run(FuncCall *call, Value *out) { return heavy_named(call, call->func->name, out); }

// The type of a match is known from the pattern alone.
const Type *result_regex(FuncCall *call) {
    Value v = {0};
    if (value_is_unknown(call->args[0])) return type_dynamic(call_process(call));
    return heavy_named(call, "regextype", &v) ? value_type(call_process(call), v) : NULL;
}

const Type *result_regexall(FuncCall *call) {
    const Type *match = result_regex(call);
    return match ? type_list(call_process(call), match) : NULL;
}
