// Settings of a client, resolved: what was given, the environment, the profile; in this order.
#ifndef INFRA_AWS_CLIENT_SETTINGS_H
#define INFRA_AWS_CLIENT_SETTINGS_H

#include "providers/aws/client/client.h"
#include "providers/aws/client/config_file.h"

typedef struct AwsConfig {
    Arena *arena;
    AwsSettings given; // copied
    ConfigFiles files;
    Str profile_name;
    bool profile_given;     // by the settings, not by the environment or by default
    const StrMap *profile;  // NULL: none
    const StrMap *services; // the profile's section of endpoints, or NULL
    Str region;             // empty: none said
    uint32_t max_tries;
    bool use_fips, use_dualstack, s3_path_style, ignore_endpoints;
    Str ca_bundle;
    Str problem; // files that cannot be read, a profile that is missing: every call fails with it
} AwsConfig;

AwsConfig *settings_resolve(Arena *arena, const AwsSettings *given);
// A variable of the environment, empty when unset.
Str settings_env(const char *name);
// "$HOME/.aws/…".
Str settings_home_file(Arena *arena, const char *name);

#endif
