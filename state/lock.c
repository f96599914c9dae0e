#include "state/lock.h"

#include "engine/base/clock.h"
#include "engine/value/json.h"
#include "state/codec.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static Str user_name(Arena *arena) {
    char room[4096];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(getuid(), &entry, room, sizeof room, &found) == 0 && found)
        return str_copy(arena, str_of(found->pw_name));
    const char *name = getenv("USER");
    return str_copy(arena, str_of(name ? name : ""));
}

Str lock_host(Arena *arena) {
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0) host[0] = 0;
    return str_copy(arena, str_of(host));
}

LockInfo lock_new(Arena *arena, Str operation, Str info, Str path) {
    Process *process = arena_process(arena);
    char id[37];
    process_uuid(process, id);
    Buf created = buf_in(arena);
    clock_rfc3339(process->clock->wall(process->clock), 9, true, &created);
    Str who = str_concat(arena, str_concat(arena, user_name(arena), STR("@")), lock_host(arena));
    return (LockInfo){
        .id = str_copy(arena, str_of(id)),
        .operation = str_copy(arena, operation),
        .info = str_copy(arena, info),
        .who = who,
        .version = STR(STATE_TERRAFORM_VERSION),
        .created = buf_str(&created),
        .path = str_copy(arena, path),
    };
}

static void member(JsonWriter *w, Str name, Str value) {
    json_key(w, name);
    json_string(w, value);
}

void lock_encode(const LockInfo *lock, Buf *out) {
    JsonWriter w = json_writer(out, 0);
    w.escape_html = true;
    json_open_object(&w);
    member(&w, STR("ID"), lock->id);
    member(&w, STR("Operation"), lock->operation);
    member(&w, STR("Info"), lock->info);
    member(&w, STR("Who"), lock->who);
    member(&w, STR("Version"), lock->version);
    member(&w, STR("Created"), lock->created);
    member(&w, STR("Path"), lock->path);
    json_close_object(&w);
}

static Str *field(LockInfo *lock, Str name) {
    if (str_eqz(name, "ID")) return &lock->id;
    if (str_eqz(name, "Operation")) return &lock->operation;
    if (str_eqz(name, "Info")) return &lock->info;
    if (str_eqz(name, "Who")) return &lock->who;
    if (str_eqz(name, "Version")) return &lock->version;
    if (str_eqz(name, "Created")) return &lock->created;
    return str_eqz(name, "Path") ? &lock->path : NULL;
}

bool lock_decode(Arena *arena, Str json, LockInfo *out) {
    *out = (LockInfo){0};
    JsonReader r = json_reader(arena, json);
    if (json_next(&r) != JSON_OBJECT_OPEN) return false;
    JsonToken t;
    while ((t = json_next(&r)) == JSON_KEY) {
        Str *to = field(out, r.string);
        if (!to) {
            if (!json_skip(&r, NULL)) return false;
            continue;
        }
        if (json_next(&r) != JSON_STRING) return false;
        *to = str_copy(arena, r.string);
    }
    return t == JSON_OBJECT_CLOSE && json_next(&r) == JSON_END && out->id.n > 0;
}

static void print_age(Process *process, Str created, Buf *out) {
    int64_t then, now = process->clock->wall(process->clock);
    if (!clock_parse_rfc3339(created, &then) || then > now) return;
    int64_t s = (now - then) / NS_PER_S;
    if (s < 120)
        buf_format(out, " (%lld s ago)", (long long)s);
    else if (s < 7200)
        buf_format(out, " (%lld min ago)", (long long)(s / 60));
    else if (s < 172800)
        buf_format(out, " (%lld hours ago)", (long long)(s / 3600));
    else
        buf_format(out, " (%lld days ago)", (long long)(s / 86400));
}

static void print_field(Buf *out, const char *name, Str value) {
    if (value.n) buf_format(out, "  %-11s%.*s\n", name, STR_ARG(value));
}

void lock_error(const LockInfo *holder, Process *process, Str reason, Diags *diags) {
    Buf text = buf_in(diags->arena);
    buf_add(&text, reason);
    if (reason.n && reason.p[reason.n - 1] != '.') buf_char(&text, '.');
    if (holder->id.n) {
        Buf created = buf_in(diags->arena);
        buf_add(&created, holder->created);
        print_age(process, holder->created, &created);
        buf_z(&text, "\n\nThe lock:\n");
        print_field(&text, "ID:", holder->id);
        print_field(&text, "Path:", holder->path);
        print_field(&text, "Operation:", holder->operation);
        print_field(&text, "Who:", holder->who);
        print_field(&text, "Version:", holder->version);
        print_field(&text, "Created:", buf_str(&created));
        print_field(&text, "Info:", holder->info);
        buf_format(&text,
                   "\nThe lock keeps two runs from writing one state. Wait for that run (-lock-timeout=5m waits for "
                   "it). If it is surely over, release the lock with: infra force-unlock %.*s",
                   STR_ARG(holder->id));
    }
    diag_add(diags, SEV_ERROR, "state_locked", SPAN_NONE, STR("Error acquiring the state lock"), buf_str(&text));
}
