// Registered secret strings (passwords, tokens, keys). Diagnostics and the log replace them by "(sensitive)".
// Strings shorter than 4 bytes are not registered: they would scrub ordinary text.
#ifndef INFRA_BASE_SECRET_H
#define INFRA_BASE_SECRET_H

#include "engine/base/str.h"

typedef struct Process Process;

void secret_register(Process *process, Str secret);
// Wipes and forgets all of them.
void secret_forget(Process *process);
// Appends text to out with every registered secret replaced.
void secret_scrub(const Process *process, Str text, Buf *out);
// Clears memory in a way the compiler keeps.
void secret_wipe(void *p, size_t n);

#endif
