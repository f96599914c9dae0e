#include "providers/aws/core/frame.h"

#include "providers/aws/core/aws.h"
#include "providers/aws/core/functions.h"
#include "providers/aws/core/same.h"

Value frame_null(const Frame *f) {
    Process *p = f->def->core->process;
    return value_null(p, type_dynamic(p));
}

static bool load_let(Frame *f, uint32_t i, Value *out, Span at, Diags *diags) {
    const Let *let = &f->def->lets.at[i];
    if (!let->code || f->depth > 40)
        return diag_error(diags, "invalid_let", at, "Invalid let", "\"%s\" %s.", let->name->text,
                          let->code ? "depends on itself" : "is no value");
    f->depth++;
    uint32_t before = diags->errors;
    *out = code_eval(let->code, &f->scope, diags);
    f->depth--;
    return diags->errors == before;
}

static bool load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used, Diags *diags) {
    (void)index;
    Frame *f = (Frame *)(void *)scope;
    *used = 0;
    // The account may have become known since the frame was made.
    if (ref->slot == SLOT_PROVIDER && f->provider && f->def->needs_account)
        f->roots[SLOT_PROVIDER] = aws_facts(f->provider, f->def->core, f->scope.arena);
    if (ref->slot < SLOT_COUNT)
        *out = f->roots[ref->slot];
    else if (ref->slot >= SLOT_CAUGHT)
        *out = f->caught[ref->slot - SLOT_CAUGHT];
    else if (ref->slot >= SLOT_STEP)
        *out = f->steps[ref->slot - SLOT_STEP];
    else
        return load_let(f, ref->slot - SLOT_LET, out, ref->span, diags);
    return true;
}

static bool no_call(Scope *scope, uint32_t slot, const Value *args, uint32_t n, Span span, Value *out, Diags *diags) {
    (void)scope, (void)slot, (void)args, (void)n, (void)out;
    return diag_error(diags, "unknown_function", span, "No such function",
                      "Definitions call no functions of providers.");
}

Frame *frame_new(Arena *arena, const Def *def, struct InfraProvider *provider) {
    Frame *f = ARENA_NEW(arena, Frame);
    f->def = def;
    f->provider = provider;
    f->funcs = (FuncContext){.process = def->core->process,
                             .cwd = STR("."),
                             .now_ns = def->core->host->wall(def->core->host),
                             .arena = arena,
                             .functions = functions_table(def->core)};
    f->scope = (Scope){.load = load, .call = no_call, .arena = arena, .funcs = &f->funcs, .lenient = true};
    for (int i = 0; i < SLOT_COUNT; i++) f->roots[i] = frame_null(f);
    uint32_t own = def->step_count, service = def->service && def->service->def ? def->service->def->step_count : 0;
    uint32_t n = own > service ? own : service; // tag calls are steps of the service
    f->steps = ARENA_ARRAY(arena, Value, n + 1);
    f->caught = ARENA_ARRAY(arena, Value, n + 1);
    for (uint32_t i = 0; i < n; i++) f->steps[i] = f->caught[i] = frame_null(f);
    f->roots[SLOT_PROVIDER] = aws_facts(provider, def->core, arena);
    f->roots[SLOT_DEADLINE] = value_string(arena, STR("deadline"));
    return f;
}

Value frame_eval(Frame *f, const Code *code, Diags *diags) {
    return code ? code_eval(code, &f->scope, diags) : frame_null(f);
}

bool frame_true(Frame *f, const Code *code, bool unknown, Diags *diags) {
    if (!code) return false;
    Value v = code_eval(code, &f->scope, diags);
    if (value_is_unknown(v)) return unknown;
    if (value_is_null(v)) return false;
    ConvertError error;
    if (v.kind != TYPE_BOOL && !convert_value(frame_arena(f), v, type_bool(f->def->core->process), &v, &error)) {
        return diag_error(diags, "invalid_definition", code_span(code), "Condition is no bool",
                          "A bool is wanted here.");
    }
    return v.i;
}

Str frame_text(Frame *f, const Code *code, Diags *diags) {
    Value v = frame_eval(f, code, diags);
    ConvertError error;
    if (!value_is_set(v) || !convert_value(frame_arena(f), v, type_string(f->def->core->process), &v, &error))
        return STR_NONE;
    return value_str(v);
}

Value frame_get(const Frame *f, Value object, Name name) {
    const Value *v = value_get(object, name);
    return v ? *v : frame_null(f);
}

void frame_self(Frame *f, Value self) {
    f->roots[SLOT_SELF] = self;
    Value id = frame_get(f, self, f->def->id_name);
    if (value_is_set(id)) f->roots[SLOT_ID] = id;
}

bool value_is_zero(Value v) {
    if (value_is_null(v)) return true;
    if (value_is_unknown(v)) return false;
    switch ((TypeKind)v.kind) {
    case TYPE_NUMBER: return !(v.bits & VALUE_BIG) && v.i == 0;
    case TYPE_BOOL: return !v.i;
    case TYPE_DYNAMIC: return true;
    default: return v.n == 0;
    }
}

bool value_present(Value v) { return value_is_unknown(v) || !value_is_zero(v); }

bool frame_changed(Frame *f, const Attr *a) {
    Value now = frame_get(f, f->roots[SLOT_SELF], a->name), before = frame_get(f, f->roots[SLOT_PRIOR], a->name);
    Diags quiet = diags_in(frame_arena(f));
    if (a->applies && !frame_true(f, a->applies, true, &quiet)) return false;
    if (!value_is_set(f->roots[SLOT_PRIOR]))
        return !value_is_null(now) && !(now.kind >= TYPE_LIST && value_is_zero(now));
    return !same_values(f, a, before, now);
}
