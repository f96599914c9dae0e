#include "engine/io/library.h"

#include <dlfcn.h>
#include <stdlib.h>

void *library_symbol(const char *file, const char *symbol, char **problem) {
    Dl_info here;
    union {
        void *(*function)(const char *, const char *, char **);
        void *address;
    } self = {library_symbol};
    Buf path = {0};
    if (dladdr(self.address, &here) && here.dli_fname && strrchr(here.dli_fname, '/'))
        buf_bytes(&path, here.dli_fname, (size_t)(strrchr(here.dli_fname, '/') - here.dli_fname + 1));
    buf_z(&path, file);
    void *library = dlopen(path.p, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    void *address = library ? dlsym(library, symbol) : NULL;
    if (!address && problem) {
        const char *why = dlerror();
        *problem = strdup(why ? why : "a symbol is missing");
    }
    if (library) dlclose(library);
    buf_free(&path);
    return address;
}
