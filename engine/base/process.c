#include "engine/base/process.h"

#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void system_random(Process *process, void *p, size_t n) {
    (void)process;
    for (char *at = p; n > 0;) {
        size_t piece = n < 256 ? n : 256; // the most that getentropy gives at once
        if (getentropy(at, piece) != 0) {
            perror("infra: the system gives no random bytes");
            abort();
        }
        at += piece;
        n -= piece;
    }
}

Process *process_new(void) {
    Process *process = calloc(1, sizeof *process);
    if (!process) {
        fputs("infra: out of memory\n", stderr);
        abort();
    }
    process->arena = arena_new(process, LIFE_PROCESS, "process");
    process->clock = clock_system();
    process->random = system_random;
    return process;
}

void process_free(Process *process) {
    if (!process) return;
    log_close(process);
    secret_forget(process);
    arena_free(process->arena);
    free(process);
}

void process_uuid(Process *process, char out[37]) {
    unsigned char b[16];
    process->random(process, b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40); // version 4
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80); // variant of RFC 9562
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
             b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}
