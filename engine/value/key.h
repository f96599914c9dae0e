// Instance keys: none, a count index, or a for_each key.
#ifndef INFRA_VALUE_KEY_H
#define INFRA_VALUE_KEY_H

#include "engine/base/str.h"
#include "engine/value/value.h"

typedef enum KeyKind { KEY_NONE, KEY_INT, KEY_STRING } KeyKind;

typedef struct InstanceKey {
    KeyKind kind;
    int64_t i;
    Str s;
} InstanceKey;

#define INSTANCE_NO_KEY ((InstanceKey){KEY_NONE, 0, {NULL, 0}})

// The order of instances everywhere: no key, then numbers, then strings by bytes.
int key_cmp(InstanceKey a, InstanceKey b);
bool key_equal(InstanceKey a, InstanceKey b);
// "", "[0]", "[\"a\"]"
void key_print(InstanceKey key, Buf *out);
// A known number or string; false for anything else.
bool key_of_value(Value v, InstanceKey *out);
Value key_value(Arena *arena, InstanceKey key);

#endif
