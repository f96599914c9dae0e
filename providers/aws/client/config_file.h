// The shared config and credentials files: ~/.aws/config, ~/.aws/credentials, or those that are named.
//
// Sections are kept under "profile NAME", "sso-session NAME" and "services NAME". A key of a nested block is
// "block.key". What the credentials file says of a profile wins over the config file.
#ifndef INFRA_AWS_CLIENT_CONFIG_FILE_H
#define INFRA_AWS_CLIENT_CONFIG_FILE_H

#include "engine/base/diag.h"
#include "engine/base/map.h"

typedef struct ConfigFiles {
    Arena *arena;
    StrMap sections; // name -> StrMap * of Str *
} ConfigFiles;

ConfigFiles config_files_in(Arena *arena);
// Adds one file. A missing file is an error only when `must_exist`.
bool config_file_read(ConfigFiles *files, const char *path, bool credentials, bool must_exist, Diags *diags);
// Adds text as a file's; `path` is for messages.
bool config_file_parse(ConfigFiles *files, Str text, bool credentials, const char *path, Diags *diags);

// NULL when there is no such section.
const StrMap *config_section(const ConfigFiles *files, const char *kind, Str name);
// Empty when absent, also for section NULL.
Str config_get(const StrMap *section, const char *key);

#endif
