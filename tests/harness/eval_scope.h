// A scope for tests of expressions: the roots var, unknown and secret hold fixed values.
//
//   var.zone "eu-west-1a"   var.n 3   var.flag true   var.names list   var.tags map   var.nothing null
//   var.subnets object of objects
//   unknown.string number bool list set map object tuple any     values of these types that are not known
//   secret.string number list map                                 sensitive values
#ifndef INFRA_HARNESS_EVAL_SCOPE_H
#define INFRA_HARNESS_EVAL_SCOPE_H

#include "engine/base/process.h"
#include "engine/eval/compile.h"
#include "engine/eval/func.h"
#include "engine/value/convert.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "engine/value/render.h"
#include "grammar/parse.h"

typedef struct TestScope {
    Process *process;
    Arena *arena;
    Binder binder;
    Scope scope;
    FuncContext funcs;
    Value roots[3];
} TestScope;

static const char *const test_roots[3] = {"var", "unknown", "secret"};

static inline bool test_bind(Binder *binder, const Traversal *t, Bound *out, Diags *diags) {
    (void)binder;
    for (uint32_t i = 0; i < 3; i++) {
        if (!str_eqz(name_str(t->root), test_roots[i])) continue;
        *out = (Bound){.slot = i, .steps = 0, .uses = USES_SLOTS};
        return true;
    }
    return diag_error(diags, "unknown_reference", t->span, "Invalid reference", "There is no \"%.*s\" here.",
                      STR_ARG(name_str(t->root)));
}

static inline bool test_load(Scope *scope, const Ref *ref, const Value *index, Value *out, uint32_t *used,
                             Diags *diags) {
    (void)index;
    (void)diags;
    TestScope *t = (TestScope *)(void *)((char *)scope - offsetof(TestScope, scope));
    *out = t->roots[ref->slot];
    *used = 0;
    return true;
}

static inline Value test_object(Arena *arena, const char *const *names, const Value *values, uint32_t n) {
    Name own[16];
    for (uint32_t i = 0; i < n; i++) own[i] = name_of(arena_process(arena), str_of(names[i]));
    return value_object_of(arena, own, values, n);
}

static inline Value test_json(Arena *arena, const char *json, const char *type) {
    Value v = value_bool(false);
    JsonError error;
    json_decode(arena, str_of(json), &v, &error);
    if (type) convert_value(arena, v, func_type(arena_process(arena), type), &v, NULL);
    return v;
}

static inline void test_fill_roots(TestScope *t) {
    Process *p = t->process;
    Arena *a = t->arena;
    const Value vars[] = {
        value_string(a, STR("eu-west-1a")),
        value_int(3),
        value_bool(true),
        test_json(a, "[\"a\",\"b\",\"c\"]", "list(string)"),
        test_json(a, "{\"env\":\"prod\",\"team\":\"x\"}", "map(string)"),
        value_null(p, type_dynamic(p)),
        test_json(a, "{\"a\":{\"cidr\":\"10.0.0.0/24\",\"az\":1},\"b\":{\"cidr\":\"10.0.1.0/24\",\"az\":2}}", NULL),
        test_json(a, "[\"x\",\"y\"]", "set(string)")};
    static const char *const var_names[] = {"zone", "n", "flag", "names", "tags", "nothing", "subnets", "set"};
    t->roots[0] = test_object(a, var_names, vars, 8);
    TypeField fields[2] = {{name_of(p, STR("id")), type_string(p), false},
                           {name_of(p, STR("n")), type_number(p), false}};
    const Type *const types[2] = {type_string(p), type_number(p)};
    const Value unknowns[] = {value_unknown(p, type_string(p)),
                              value_unknown(p, type_number(p)),
                              value_unknown(p, type_bool(p)),
                              value_unknown(p, type_list(p, type_string(p))),
                              value_unknown(p, type_set(p, type_string(p))),
                              value_unknown(p, type_map(p, type_string(p))),
                              value_unknown(p, type_object(p, fields, 2)),
                              value_unknown(p, type_tuple(p, types, 2)),
                              value_unknown(p, type_dynamic(p))};
    static const char *const unknown_names[] = {"string", "number", "bool",  "list", "set",
                                                "map",    "object", "tuple", "any"};
    t->roots[1] = test_object(a, unknown_names, unknowns, 9);
    Value secrets[] = {value_string(a, STR("hunter2")), value_int(5), test_json(a, "[\"a\",\"b\"]", "list(string)"),
                       test_json(a, "{\"k\":\"v\"}", "map(string)")};
    for (int i = 0; i < 4; i++) secrets[i] = value_with_marks(secrets[i], MARK_SENSITIVE);
    static const char *const secret_names[] = {"string", "number", "list", "map"};
    t->roots[2] = test_object(a, secret_names, secrets, 4);
}

// The process must have types and marks.
static inline TestScope *test_scope(Process *process, Arena *arena) {
    TestScope *t = ARENA_NEW(arena, TestScope);
    t->process = process;
    t->arena = arena;
    t->binder = (Binder){.bind = test_bind, .functions = func_table(), .base_dir = STR(".")};
    t->funcs = (FuncContext){.process = process,
                             .cwd = STR("."),
                             .now_ns = INT64_C(1767366245) * 1000000000,
                             .arena = arena,
                             .functions = func_table()};
    t->scope = (Scope){.load = test_load, .arena = arena, .funcs = &t->funcs};
    test_fill_roots(t);
    return t;
}

// Parses, compiles and evaluates. False after diagnostics.
static inline bool test_eval(TestScope *t, Str text, Value *out, Diags *diags) {
    Str own = str_copy(t->process->arena, text);
    const SourceFile *file = source_add(t->process, STR("<expression>"), own);
    Expr *expr;
    if (!file || !parse_expr(t->arena, file, &expr, diags)) return false;
    const Code *code = code_compile(t->arena, &t->binder, expr, diags);
    if (!code) return false;
    *out = code_eval(code, &t->scope, diags);
    return !diags_failed(diags);
}

#endif
