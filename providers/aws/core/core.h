// The AWS provider as a plugin: what belongs to no configured provider. Types are loaded when first asked for.
//
// A type is a Def: its attributes (schema table and definition) and the verbs' steps, compiled. Types without a
// definition are known by schema only. Everything lives in the plugin's arena until it is unloaded.
#ifndef INFRA_AWS_CORE_CORE_H
#define INFRA_AWS_CORE_CORE_H

#include "engine/io/loop.h"
#include "providers/aws/client/client.h"
#include "providers/aws/client/model.h"
#include "providers/aws/core/table.h"

typedef struct Core Core;
typedef struct Def Def;
typedef struct Step Step;
typedef struct Service Service;

// A definition file that is built in.
typedef struct DefFile {
    const char *service; // its folder
    const char *stem;    // "aws_vpc", or "service"
    const char *start, *end;
} DefFile;
extern const DefFile def_files[]; // sorted by folder and stem, ended by a zero row

struct Core {
    InfraPlugin plugin; // first: what the host hands back
    const InfraHost *host;
    Loop *loop;
    Process *process;
    Arena *arena;
    Table table;
    AwsModels *models;
    const struct FuncTable *functions;
    StrMap defs;     // "r aws_vpc": Def, NULL when there is no such type
    StrMap services; // "ec2": Service, NULL when there is none
    StrMap files;    // stem of the user's own definitions: path
    const char **names[4];
    size_t name_counts[4];
    InfraSchema config; // the provider block's
    Attrs *config_attrs;
};

Core *core_new(const InfraHost *host, Process *process, Loop *loop);
void core_free(Core *core);
// kind: 'r' or 'd'. NULL: no such type.
Def *core_def(Core *core, char kind, Str name);

#endif
