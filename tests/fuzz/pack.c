// Packed values: the first byte chooses the type.
#include "engine/base/process.h"
#include "engine/value/marks.h"
#include "engine/value/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    Process *p = process_new();
    type_init(p);
    marks_init(p);
    Arena *arena = arena_new(p, LIFE_OP, "fuzz");
    TypeField fields[2] = {{name_of(p, STR("a")), type_string(p), false}, {name_of(p, STR("b")), type_list(p, type_number(p)), false}};
    const Type *types[] = {type_dynamic(p), type_string(p), type_set(p, type_dynamic(p)), type_object(p, fields, 2)};
    const Type *type = types[data[0] % 4];
    Str bytes = str_make((const char *)data + 1, size - 1);
    Value v;
    if (unpack_value(arena, &bytes, type, &v)) {
        Buf b = buf_in(arena);
        pack_value(&b, v, type);
        Str again = buf_str(&b);
        Value w;
        if (!unpack_value(arena, &again, type, &w) || !value_identical(v, w)) __builtin_trap();
    }
    arena_free(arena);
    process_free(p);
    return 0;
}
