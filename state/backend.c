#include "state/backend.h"

#include "state/backend/local.h"
#include "state/backend/mem.h"
#include "state/backend/s3.h"

static const BackendType *const all[] = {&backend_local, &backend_mem, &backend_s3};

const BackendType *const *backend_all(uint32_t *n) {
    *n = sizeof all / sizeof *all;
    return all;
}

const BackendType *backend_find(Str name) {
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (str_eqz(name, all[i]->name)) return all[i];
    return NULL;
}

void backend_wait_done(void *ctx, const StoreResult *result) {
    BackendWait *wait = ctx;
    wait->result = *result;
    wait->done = true;
}

bool backend_wait(Loop *loop, BackendWait *wait) { return loop_run_until(loop, &wait->done) && wait->result.ok; }
