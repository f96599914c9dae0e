#include "state/backend/reply.h"

#include <stdlib.h>

typedef struct Reply {
    StoreDone done;
    void *ctx;
    StoreResult result;
} Reply;

static void reply_now(void *ctx) {
    Reply reply = *(Reply *)ctx;
    free(ctx);
    reply.done(reply.ctx, &reply.result);
}

void reply_later(Loop *loop, StoreDone done, void *ctx, StoreResult result) {
    Reply *reply = malloc(sizeof *reply);
    if (!reply) abort();
    *reply = (Reply){done, ctx, result};
    loop_post(loop, reply_now, reply);
}

static const Value *config_get(Process *process, Value config, const char *name, TypeKind kind) {
    const Value *v = value_get(config, name_of(process, str_of(name)));
    return v && value_is_set(*v) && v->kind == kind ? v : NULL;
}

Str config_text(Process *process, Value config, const char *name, Str fallback) {
    const Value *v = config_get(process, config, name, TYPE_STRING);
    return v ? value_str(*v) : fallback;
}

bool config_bool(Process *process, Value config, const char *name, bool fallback) {
    const Value *v = config_get(process, config, name, TYPE_BOOL);
    return v ? value_true(*v) : fallback;
}

bool config_error(Diags *diags, const char *summary, const char *format, ...) {
    Buf text = buf_in(diags->arena);
    va_list args;
    va_start(args, format);
    buf_vformat(&text, format, args);
    va_end(args);
    diag_add(diags, SEV_ERROR, "invalid_backend", SPAN_NONE, str_of(summary), buf_str(&text));
    return false;
}

bool workspace_check(Str name, Diags *diags) {
    if (name.n && str_find_char(name, '/') < 0 && str_find_char(name, 0) < 0 && !str_eqz(name, ".") &&
        !str_eqz(name, ".."))
        return true;
    return diag_error(diags, "invalid_workspace", SPAN_NONE, "Invalid workspace name",
                      "\"%.*s\" cannot name a workspace: the name is part of a path, so it must not be empty and must "
                      "not have a slash in it.",
                      STR_ARG(name));
}
