#include "providers/random/random.h"

#include <string.h>

#define STRING "\"string\""
#define NUMBER "\"number\""
#define BOOL "\"bool\""

enum { REQUIRED = INFRA_REQUIRED, OPTIONAL = INFRA_OPTIONAL, COMPUTED = INFRA_COMPUTED };

#define KEEPERS                                                                                                        \
    { .name = "keepers", .type = "[\"map\",\"string\"]", .flags = OPTIONAL }
#define ID                                                                                                             \
    { .name = "id", .type = STRING, .flags = COMPUTED }

static const InfraAttr bytes_attrs[] = {
    {.name = "base64", .type = STRING, .flags = COMPUTED | INFRA_SENSITIVE},
    {.name = "hex", .type = STRING, .flags = COMPUTED | INFRA_SENSITIVE},
    KEEPERS,
    {.name = "length", .type = NUMBER, .flags = REQUIRED},
};
static const InfraAttr id_attrs[] = {
    {.name = "b64_std", .type = STRING, .flags = COMPUTED},
    {.name = "b64_url", .type = STRING, .flags = COMPUTED},
    {.name = "byte_length", .type = NUMBER, .flags = REQUIRED},
    {.name = "dec", .type = STRING, .flags = COMPUTED},
    {.name = "hex", .type = STRING, .flags = COMPUTED},
    ID,
    KEEPERS,
    {.name = "prefix", .type = STRING, .flags = OPTIONAL},
};
static const InfraAttr integer_attrs[] = {
    ID,
    KEEPERS,
    {.name = "max", .type = NUMBER, .flags = REQUIRED},
    {.name = "min", .type = NUMBER, .flags = REQUIRED},
    {.name = "result", .type = NUMBER, .flags = COMPUTED},
    {.name = "seed", .type = STRING, .flags = OPTIONAL},
};

/* What random_string and random_password share. */
#define CHARACTERS                                                                                                     \
    ID, KEEPERS, {.name = "length", .type = NUMBER, .flags = REQUIRED},                                                \
        {.name = "lower", .type = BOOL, .flags = OPTIONAL | COMPUTED},                                                 \
        {.name = "min_lower", .type = NUMBER, .flags = OPTIONAL | COMPUTED},                                           \
        {.name = "min_numeric", .type = NUMBER, .flags = OPTIONAL | COMPUTED},                                         \
        {.name = "min_special", .type = NUMBER, .flags = OPTIONAL | COMPUTED},                                         \
        {.name = "min_upper", .type = NUMBER, .flags = OPTIONAL | COMPUTED},                                           \
        {.name = "number",                                                                                             \
         .type = BOOL,                                                                                                 \
         .flags = OPTIONAL | COMPUTED,                                                                                 \
         .deprecated = "**NOTE**: This is deprecated, use `numeric` instead."},                                        \
        {.name = "numeric", .type = BOOL, .flags = OPTIONAL | COMPUTED},                                               \
        {.name = "override_special", .type = STRING, .flags = OPTIONAL},                                               \
        {.name = "special", .type = BOOL, .flags = OPTIONAL | COMPUTED}, {                                             \
        .name = "upper", .type = BOOL, .flags = OPTIONAL | COMPUTED                                                    \
    }

static const InfraAttr password_attrs[] = {
    CHARACTERS,
    {.name = "bcrypt_hash", .type = STRING, .flags = COMPUTED | INFRA_SENSITIVE},
    {.name = "result", .type = STRING, .flags = COMPUTED | INFRA_SENSITIVE},
};
static const InfraAttr string_attrs[] = {
    CHARACTERS,
    {.name = "result", .type = STRING, .flags = COMPUTED},
};
static const InfraAttr pet_attrs[] = {
    ID,
    KEEPERS,
    {.name = "length", .type = NUMBER, .flags = OPTIONAL | COMPUTED},
    {.name = "prefix", .type = STRING, .flags = OPTIONAL},
    {.name = "separator", .type = STRING, .flags = OPTIONAL | COMPUTED},
};
static const InfraAttr shuffle_attrs[] = {
    ID,
    {.name = "input", .type = "[\"list\",\"string\"]", .flags = REQUIRED},
    KEEPERS,
    {.name = "result", .type = "[\"list\",\"string\"]", .flags = COMPUTED},
    {.name = "result_count", .type = NUMBER, .flags = OPTIONAL},
    {.name = "seed", .type = STRING, .flags = OPTIONAL},
};
static const InfraAttr uuid_attrs[] = {ID, KEEPERS, {.name = "result", .type = STRING, .flags = COMPUTED}};

#define BLOCK(a)                                                                                                       \
    { .attrs = a, .attr_count = sizeof a / sizeof *a }

static const RandomType types[] = {
    {"random_bytes", 0, BLOCK(bytes_attrs), create_bytes, import_bytes, 0},
    {"random_id", 0, BLOCK(id_attrs), create_id, import_id, 0},
    {"random_integer", 0, BLOCK(integer_attrs), create_integer, import_integer, 0},
    {"random_password", 3, BLOCK(password_attrs), create_string, import_string, 2},
    {"random_pet", 0, BLOCK(pet_attrs), create_pet, NULL, 0},
    {"random_shuffle", 0, BLOCK(shuffle_attrs), create_shuffle, NULL, 0},
    {"random_string", 2, BLOCK(string_attrs), create_string, import_string, 1},
    {"random_uuid", 0, BLOCK(uuid_attrs), create_uuid, import_uuid, 0},
};
static const char *const names[] = {"random_bytes", "random_id",      "random_integer", "random_password",
                                    "random_pet",   "random_shuffle", "random_string",  "random_uuid"};

const RandomType *types_find(InfraText name) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_same(name, text_of(types[i].name))) return &types[i];
    return NULL;
}

const char *const *types_names(size_t *n) {
    *n = sizeof names / sizeof *names;
    return names;
}
