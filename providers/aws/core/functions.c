#include "providers/aws/core/functions.h"

#include <stdlib.h>
#include <time.h>

#include "providers/aws/core/aws.h"
#include "providers/aws/core/mapping.h"

enum { RAW = PARAM_NULL | PARAM_UNKNOWN | PARAM_DYNAMIC | PARAM_DEEP, MAY_BE_NULL = PARAM_NULL };

static bool fn_input(FuncCall *call, Value *out) {
    Frame *f = func_frame(call);
    Value object = call->n ? call->args[0] : f->roots[SLOT_SELF];
    const AwsShape *shape = call->n || !f->step || !f->step->op ? NULL : f->step->op->input;
    const Attrs *attrs = call->n ? mapping_attrs_of(f->def->attrs, object) : f->def->attrs;
    if (call->n > 1 && value_is_set(call->args[1]) && f->step && f->step->model)
        shape = aws_model_shape(f->step->model, value_str(call->args[1]));
    *out = attrs ? mapping_input(f, attrs, object, shape, NULL) : object;
    return true;
}

static bool wanted_changed(Frame *f, const Attr *a) { return frame_changed(f, a); }

static bool fn_changes(FuncCall *call, Value *out) {
    Frame *f = func_frame(call);
    const AwsShape *shape = f->step && f->step->op ? f->step->op->input : NULL;
    *out = mapping_input(f, f->def->attrs, f->roots[SLOT_SELF], shape, wanted_changed);
    return true;
}

static bool fn_output(FuncCall *call, Value *out) {
    Frame *f = func_frame(call);
    *out = mapping_output(f, f->def->attrs, call->args[0]);
    return true;
}

static bool fn_changed(FuncCall *call, Value *out) {
    Frame *f = func_frame(call);
    const Attrs *attrs = f->def->attrs;
    bool changed = false;
    for (uint32_t i = 0; i < call->n && !changed; i++) {
        Name name = name_find(f->def->core->process, value_str(call->args[i]));
        const Attr *a = name ? attrs_find(attrs, name) : NULL;
        if (!a) return func_fail(call, (int32_t)i, "the type has no attribute of that name");
        changed = frame_changed(f, a);
    }
    for (uint32_t i = 0; call->n == 0 && i < attrs->n && !changed; i++) {
        const Attr *a = &attrs->at[i];
        bool meta = a->local || a->name == f->def->tags_name || a->name == f->def->tags_all_name ||
                    a->name == f->def->timeouts_name || a->name == f->def->id_name;
        changed = !meta && !attr_only_computed(a) && frame_changed(f, a);
    }
    *out = value_bool(changed);
    return true;
}

// arn(service, resource, account)
static bool fn_arn(FuncCall *call, Value *out) {
    Frame *f = func_frame(call);
    Value facts = f->roots[SLOT_PROVIDER];
    const Value *partition = value_get_str(facts, STR("partition")), *region = value_get_str(facts, STR("region"));
    Value parts[] = {*partition, call->args[0], *region, call->args[2], call->args[1]};
    for (int i = 0; i < 5; i++) {
        if (value_is_set(parts[i])) continue;
        Process *p = f->def->core->process;
        bool null = value_is_null(parts[i]);
        *out = null ? value_null(p, type_string(p)) : value_unknown(p, type_string(p));
        return true;
    }
    Str own = aws_region_of(f);
    Str where = f->def->service && f->def->service->global ? STR_NONE : own.n ? own : value_str(parts[2]);
    *out =
        value_string(call->arena, str_format(call->arena, "arn:%.*s:%.*s:%.*s:%.*s:%.*s", STR_ARG(value_str(parts[0])),
                                             STR_ARG(value_str(parts[1])), STR_ARG(where), STR_ARG(value_str(parts[3])),
                                             STR_ARG(value_str(parts[4]))));
    return true;
}

// unique_name(name, prefix, default): a given name, else the prefix and 26 digits as Terraform's providers make them:
// the time to a tenth of a millisecond, and a counter.
static bool fn_unique_name(FuncCall *call, Value *out) {
    Frame *f = func_frame(call);
    Process *p = f->def->core->process;
    for (uint32_t i = 0; i < 2; i++) {
        if (!value_is_unknown(call->args[i])) continue;
        *out = value_unknown(p, type_string(p));
        return true;
    }
    if (value_present(call->args[0])) {
        *out = call->args[0];
        return true;
    }
    if (!f->provider) {
        *out = value_unknown(p, type_string(p));
        return true;
    }
    Value prefix = value_present(call->args[1]) ? call->args[1] : call->args[2];
    int64_t now = f->funcs.now_ns;
    time_t seconds = (time_t)(now / 1000000000);
    struct tm t;
    gmtime_r(&seconds, &t);
    uint32_t random;
    p->random(p, &random, sizeof random);
    *out =
        value_string(call->arena, str_format(call->arena, "%.*s%04d%02d%02d%02d%02d%02d%04d%08x",
                                             STR_ARG(value_str(prefix)), t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
                                             t.tm_hour, t.tm_min, t.tm_sec, (int)(now % 1000000000 / 100000), random));
    return true;
}

static const Param raw = {"value", "any", RAW}, text = {"value", "string", 0},
                   text_or_null = {"value", "string", MAY_BE_NULL};
static const Param raw2[] = {{"new", "any", RAW}, {"old", "any", RAW}};
static const Param any2[] = {{"first", "any", RAW}, {"second", "any", RAW}};
static const Param any3[] = {{"service", "any", RAW}, {"resource", "any", RAW}, {"account", "any", RAW}};
static const Param names[] = {{"name", "any", RAW}, {"prefix", "any", RAW}, {"default", "string", 0}};
static const Param parts3[] = {{"atoms", "any", RAW}, {"like", "any", RAW}, {"parts", "list(string)", 0}};
static const Param list_text[] = {{"list", "any", MAY_BE_NULL}, {"name", "string", 0}};
static const Param list_size[] = {{"list", "any", RAW}, {"size", "number", 0}};
static const Param part[] = {{"arn", "string", 0}, {"part", "string", 0}};

// Those that look at the frame are called impure, so that no call is evaluated when it is compiled.
static const Func own[] = {
    {.name = "added", .params = raw2, .param_count = 2, .variadic = &text, .run = fn_added, .nullable = true},
    {.name = "arn", .params = any3, .param_count = 3, .run = fn_arn, .impure = true, .nullable = true},
    {.name = "arn_part", .params = part, .param_count = 2, .result = "string", .run = fn_arn_part, .nullable = true},
    {.name = "changed", .variadic = &text, .result = "bool", .run = fn_changed, .impure = true},
    {.name = "changes", .run = fn_changes, .impure = true},
    {.name = "chunks", .params = list_size, .param_count = 2, .run = fn_chunks, .nullable = true},
    {.name = "cidr", .params = &text, .param_count = 1, .result = "string", .run = fn_cidr},
    {.name = "crc32", .params = &text, .param_count = 1, .result = "number", .run = fn_crc32},
    {.name = "ec2_atoms", .params = any2, .param_count = 2, .run = fn_ec2_atoms, .nullable = true},
    {.name = "ec2_rules", .variadic = &raw, .run = fn_ec2_rules, .nullable = true},
    {.name = "filters", .params = &raw, .param_count = 1, .run = fn_filters, .nullable = true},
    {.name = "first", .variadic = &raw, .run = fn_first, .nullable = true},
    {.name = "input", .variadic = &raw, .run = fn_input, .impure = true, .nullable = true},
    {.name = "ip_protocol", .params = &text, .param_count = 1, .result = "string", .run = fn_ip_protocol},
    {.name = "iso_time", .params = &text, .param_count = 1, .result = "string", .run = fn_iso_time},
    {.name = "json", .params = &text, .param_count = 1, .result = "string", .run = fn_json},
    {.name = "kv", .params = &raw, .param_count = 1, .run = fn_kv, .nullable = true},
    {.name = "last_colon", .params = &text, .param_count = 1, .result = "string", .run = fn_last_colon},
    {.name = "last_segment", .params = &text, .param_count = 1, .result = "string", .run = fn_last_segment},
    {.name = "newest", .params = list_text, .param_count = 2, .run = fn_newest, .nullable = true},
    {.name = "only", .params = list_text, .param_count = 2, .run = fn_only, .nullable = true},
    {.name = "output", .params = &raw, .param_count = 1, .run = fn_output, .impure = true, .nullable = true},
    {.name = "policy", .params = &text, .param_count = 1, .result = "string", .run = fn_policy},
    {.name = "prefix_of",
     .params = &text_or_null,
     .param_count = 1,
     .result = "string",
     .run = fn_prefix_of,
     .nullable = true},
    {.name = "present", .params = &raw, .param_count = 1, .result = "bool", .run = fn_present},
    {.name = "redirect_host", .params = &text, .param_count = 1, .run = fn_redirect_host},
    {.name = "redirect_url", .params = &raw, .param_count = 1, .run = fn_redirect_url, .nullable = true},
    {.name = "regroup", .params = parts3, .param_count = 3, .run = fn_regroup, .nullable = true},
    {.name = "removed", .params = raw2, .param_count = 2, .variadic = &text, .run = fn_removed, .nullable = true},
    {.name = "replaced", .params = raw2, .param_count = 2, .variadic = &text, .run = fn_replaced, .nullable = true},
    {.name = "s3_hosted_zone",
     .params = &text,
     .param_count = 1,
     .result = "string",
     .run = fn_s3_hosted_zone,
     .nullable = true},
    {.name = "s3_website_domain", .params = &text, .param_count = 1, .result = "string", .run = fn_s3_website_domain},
    {.name = "tag_specs", .params = any2, .param_count = 2, .run = fn_tag_specs, .nullable = true},
    {.name = "unique_name", .params = names, .param_count = 3, .run = fn_unique_name, .impure = true, .nullable = true},
    {.name = "urldecode", .params = &text, .param_count = 1, .result = "string", .run = fn_urldecode},
};

static int by_name(const void *a, const void *b) {
    const Func *x = *(const Func *const *)a, *y = *(const Func *const *)b;
    return str_cmp(str_of(x->name), str_of(y->name));
}

const FuncTable *functions_table(Core *core) {
    if (core->functions) return core->functions;
    const FuncTable *base = func_table();
    uint32_t n = (uint32_t)(sizeof own / sizeof *own);
    const Func **at = ARENA_ARRAY(core->arena, const Func *, base->n + n);
    memcpy(at, base->at, sizeof *at * base->n);
    for (uint32_t i = 0; i < n; i++) at[base->n + i] = &own[i];
    qsort(at, base->n + n, sizeof *at, by_name);
    FuncTable *table = ARENA_NEW(core->arena, FuncTable);
    *table = (FuncTable){at, base->n + n};
    return core->functions = table;
}
