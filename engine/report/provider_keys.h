// Provider configurations by the keys that plan JSON gives them: "aws", "aws.west", "module.a:aws".
#ifndef INFRA_REPORT_PROVIDER_KEYS_H
#define INFRA_REPORT_PROVIDER_KEYS_H

#include "engine/base/map.h"
#include "engine/config/config.h"

typedef struct ProviderKey {
    Str key, name, address, alias, version;
    const ModuleNode *node;
    const ProviderBlock *block;       // NULL: required, but without a configuration
    const struct ProviderKey *parent; // the configuration of a calling module that it stands for, or NULL
} ProviderKey;

typedef struct ProviderKeys {
    Arena *arena;
    ProviderKey **at; // by key
    uint32_t n;
    StrMap by_key;
} ProviderKeys;

ProviderKeys *provider_keys_new(Arena *arena, const Config *config);
// The key of what a resource uses.
Str provider_keys_of(const ProviderKeys *keys, const ModuleNode *node, const Resource *resource);

#endif
