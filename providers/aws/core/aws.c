#include "providers/aws/core/aws.h"

#include "providers/aws/client/endpoints.h"

Value aws_facts(struct InfraProvider *provider, Core *core, Arena *arena) {
    Process *p = core->process;
    static const char *const names[] = {"account_id", "default_tags", "dns_suffix", "partition", "region"};
    Name own[5];
    for (int i = 0; i < 5; i++) own[i] = name_of(p, str_of(names[i]));
    const Type *string = type_string(p);
    Value values[5];
    for (int i = 0; i < 5; i++) values[i] = value_unknown(p, string);
    values[1] = provider ? provider->default_tags : value_unknown(p, type_map(p, string));
    if (provider && (provider->account_id.n || provider->skip_account))
        values[0] = value_string(arena, provider->account_id);
    if (provider && provider->region.n) {
        values[2] = value_string(arena, provider->dns_suffix);
        values[3] = value_string(arena, provider->partition);
        values[4] = value_string(arena, provider->region);
    }
    return value_object_of(arena, own, values, 5);
}

Str aws_region_of(const Frame *f) {
    const Def *def = f->def;
    const Attr *a = def->attrs->n ? attrs_find(def->attrs, def->region_name) : NULL;
    if (!a || !a->newer) return STR_NONE;
    Value region = frame_get(f, f->roots[SLOT_SELF], def->region_name);
    return value_is_set(region) && region.kind == TYPE_STRING ? value_str(region) : STR_NONE;
}

typedef struct Gate {
    AwsReady *fn;
    void *ctx;
} Gate;

static bool listed(StrList list, Str s) {
    for (uint32_t i = 0; i < list.n; i++)
        if (str_eq(list.at[i], s)) return true;
    return false;
}

typedef struct Asking {
    struct InfraProvider *provider;
    Arena *arena;
} Asking;

static void check_account(struct InfraProvider *p) {
    bool wrong = (p->allowed_accounts.n && !listed(p->allowed_accounts, p->account_id)) ||
                 listed(p->forbidden_accounts, p->account_id);
    if (wrong)
        p->account_problem =
            str_format(p->arena, "The credentials are those of account %.*s, which the provider's %s excludes.",
                       STR_ARG(p->account_id), p->allowed_accounts.n ? "allowed_account_ids" : "forbidden_account_ids");
}

static void account_known(void *ctx, const AwsResult *result) {
    Asking *a = ctx;
    struct InfraProvider *p = a->provider;
    if (result->ok) {
        const Value *account = value_get_str(result->output, STR("Account"));
        if (account && value_is_set(*account)) p->account_id = str_copy(p->arena, value_str(*account));
        check_account(p);
    } else {
        Buf text = buf_in(p->arena);
        buf_z(&text, "The account of the credentials cannot be found out: ");
        aws_error_print(&result->error, &text);
        p->account_problem = buf_str(&text);
    }
    p->asking = false;
    uint32_t n = p->gates.n;
    struct Gate **gates = p->gates.at;
    p->gates.at = NULL;
    p->gates.n = p->gates.cap = 0;
    for (uint32_t i = 0; i < n; i++) gates[i]->fn(gates[i]->ctx, p->account_problem);
    arena_free(a->arena);
}

static bool needs_account(const struct InfraProvider *p, const Def *def) {
    if (p->account_id.n || p->account_problem.n) return false;
    return p->allowed_accounts.n || p->forbidden_accounts.n || (def && def->needs_account && !p->skip_account);
}

void aws_when_ready(struct InfraProvider *p, const Def *def, AwsReady *fn, void *ctx) {
    if (p->deferred || !p->client) {
        fn(ctx, STR("The provider's settings depend on values that are not known yet."));
        return;
    }
    if (!needs_account(p, def)) {
        fn(ctx, p->account_problem);
        return;
    }
    Gate *gate = ARENA_NEW(p->arena, Gate);
    *gate = (Gate){fn, ctx};
    vec_push(p->arena, &p->gates, gate);
    if (p->asking) return;
    p->asking = true;
    Arena *arena = arena_new(p->core->process, LIFE_OP, "account");
    Asking *a = ARENA_NEW(arena, Asking);
    *a = (Asking){p, arena};
    Diags diags = diags_in(arena);
    Name none = name_of(p->core->process, STR("x"));
    AwsRequest request = {.model = aws_model_load(p->core->models, STR("sts"), &diags),
                          .operation = STR("GetCallerIdentity"),
                          .input = value_object_of(arena, &none, NULL, 0)};
    (void)aws_call(p->client, arena, &request, account_known, a);
}
