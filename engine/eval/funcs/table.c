// The table of all functions.
#include "engine/eval/funcs/funcs.h"

#define PARAMS(...)                                                                                                    \
    .params = (const Param[]){__VA_ARGS__}, .param_count = sizeof((const Param[]){__VA_ARGS__}) / sizeof(Param)
#define NO_PARAMS .params = NULL, .param_count = 0
#define VARIADIC(...) &(const Param)__VA_ARGS__

enum {
    FUNC_IMPURE = 1,
    FUNC_RANDOM = 2,
    FUNC_FILES = 4,
    FUNC_LAZY = 8,
    FUNC_NULLABLE = 16,
    FUNC_CONTEXT = 32,
};

#define HAS(flags, bit) (((flags) & (bit)) != 0)

static const Func functions[] = {
#define FUNC(name_, run_, result_, result_type_, flags_, params_, variadic_, doc_, example_, gives_)                   \
    {.name = #name_,                                                                                                   \
     params_,                                                                                                          \
     .variadic = variadic_,                                                                                            \
     .result = result_,                                                                                                \
     .result_type = result_type_,                                                                                      \
     .run = run_,                                                                                                      \
     .impure = HAS(flags_, FUNC_IMPURE),                                                                               \
     .random = HAS(flags_, FUNC_RANDOM),                                                                               \
     .files = HAS(flags_, FUNC_FILES | FUNC_CONTEXT),                                                                  \
     .lazy = HAS(flags_, FUNC_LAZY),                                                                                   \
     .nullable = HAS(flags_, FUNC_NULLABLE),                                                                           \
     .doc = doc_,                                                                                                      \
     .example = example_,                                                                                              \
     .example_result = gives_},
#include "engine/eval/funcs/table.def"
#undef FUNC
};

enum FunctionIndex {
#define FUNC(name, run, result, result_type, flags, params, variadic, doc, example, gives) INDEX_##name,
#include "engine/eval/funcs/table.def"
#undef FUNC
    FUNCTION_COUNT
};

static const Func *const sorted[] = {
#define FUNC(name, run, result, result_type, flags, params, variadic, doc, example, gives) &functions[INDEX_##name],
#include "engine/eval/funcs/table.def"
#undef FUNC
};

static const FuncTable table = {sorted, FUNCTION_COUNT};

const FuncTable *func_table(void) { return &table; }
