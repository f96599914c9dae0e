// What the function families share. Each function of table.def is declared here; its file is its family.
//
// A function reads call->args (converted, checked, without marks unless its row says otherwise), makes its result in
// call->arena, and on bad input returns func_fail(…).
#ifndef INFRA_EVAL_FUNCS_FUNCS_H
#define INFRA_EVAL_FUNCS_FUNCS_H

#include "engine/base/base64.h"
#include "engine/eval/func.h"
#include "engine/value/marks.h"

#define FUNC(name, run, result, result_type, flags, params, variadic, doc, example, gives)                             \
    bool run(FuncCall *call, Value *out);
#include "engine/eval/funcs/table.def"
#undef FUNC

// Result types that depend on the arguments.
const Type *result_first(FuncCall *call); // the type of the first argument
const Type *result_flatten(FuncCall *call);
const Type *result_list_of_first(FuncCall *call);
const Type *result_element(FuncCall *call);
const Type *result_lookup(FuncCall *call);
const Type *result_coalesce(FuncCall *call);
const Type *result_length(FuncCall *call);
const Type *result_keys(FuncCall *call);
const Type *result_values(FuncCall *call);
const Type *result_merge(FuncCall *call);
const Type *result_concat(FuncCall *call);
const Type *result_reverse(FuncCall *call);
const Type *result_slice(FuncCall *call);
const Type *result_setproduct(FuncCall *call);
const Type *result_set(FuncCall *call);
const Type *result_one(FuncCall *call);
const Type *result_zipmap(FuncCall *call);
const Type *result_parseint(FuncCall *call);
const Type *result_regex(FuncCall *call);
const Type *result_regexall(FuncCall *call);
const Type *result_removed(FuncCall *call); // list, map: always an error
const Type *result_tostring(FuncCall *call);
const Type *result_tonumber(FuncCall *call);
const Type *result_tobool(FuncCall *call);
const Type *result_tolist(FuncCall *call);
const Type *result_toset(FuncCall *call);
const Type *result_tomap(FuncCall *call);

static inline Process *call_process(const FuncCall *call) { return arena_process(call->arena); }
static inline Str call_str(const FuncCall *call, uint32_t i) { return value_str(call->args[i]); }
// A whole number; false after "value must be a whole number, …". The error names the argument when `name_arg`.
bool call_int(FuncCall *call, uint32_t i, bool name_arg, int64_t *out);
// Brings *v to a number where it can be one.
bool call_number(FuncCall *call, Value *v);
// Sets *out to a string of these bytes (invalid UTF-8 becomes U+FFFD); true.
bool call_string(FuncCall *call, Str text, Value *out);
// For messages: the text as a Go string literal, or what is said instead of a confidential one.
Str call_quote(FuncCall *call, Str text, Marks marks);
const char *call_z(FuncCall *call, Str text);

static inline bool is_sequence(uint8_t kind) { return kind == TYPE_LIST || kind == TYPE_SET || kind == TYPE_TUPLE; }
static inline bool is_mapping(uint8_t kind) { return kind == TYPE_MAP || kind == TYPE_OBJECT; }
// "list of string", in the call's arena.
Str call_friendly(FuncCall *call, const Type *type);

// Base64 that a user wrote: line ends are skipped, unused bits may be anything.
bool call_base64(FuncCall *call, Str text, Str *out);

// A file's content, its path relative to the context's folder, read once per walk. NULL after func_fail on argument 0.
const Str *filesystem_read(FuncCall *call, Str path, Marks marks);
// The path as the file functions open it: ~ expanded, absolute, clean. False after func_fail.
bool file_path(FuncCall *call, Str path, Str *out);

// cty's JSON of a value that is known as a whole, as jsonencode gives it.
Str call_json(FuncCall *call, Value v);

#endif
