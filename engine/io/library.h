// The parts that are opened on demand: infra-http.so, infra-crypto.so. They lie beside libinfra.so, so that the build
// tree, an installation and a moved folder all work.
#ifndef INFRA_IO_LIBRARY_H
#define INFRA_IO_LIBRARY_H

#include "engine/base/str.h"

// The address of a symbol of a library beside libinfra.so. NULL when it cannot be had; *problem (heap, may be NULL)
// then says why. The library stays loaded: TLS libraries do not bear being closed.
void *library_symbol(const char *file, const char *symbol, char **problem);

#endif
