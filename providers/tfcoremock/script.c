/* The switches: a JSON object in tfcoremock.json, or in INFRA_TFCOREMOCK, which wins.
 *
 *   {
 *     "log": "operations.log",           one line an operation: verb, type, id, in the order of their effects
 *     "delay_ms": 20,                    or by verb: {"create": 20, "read": 5}
 *     "rules": [                         the first that fits is used; all but "fail" may be left out (any, always).
 *       {                                verbs: configure, plan, create, update, delete, read, batch, import, data, recover
 *         "verb": "create", "type": "…", "id": "a", "times": 1,
 *         "delay_ms": 100, "step": 1, "message": "…",
 *         "fail": "after",               see MISHAPS
 *         "answer": {"string": "other"}  attributes of the result that are not what was planned
 *       }
 *     ],
 *     "steps": 3,                        a create takes so many steps, each but the last reports progress
 *     "batch": {"max": 10, "fail": ["a"]},   reads are sent in groups; a group with one of these ids fails
 *     "drift": {"a": {"string": "x"}, "b": null},   what reading finds instead
 *     "recover": "natural"               by the id (default), "token", "before" (what was not there before), "repeat",
 * "ask"
 *   }
 */
#include "providers/tfcoremock/mock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    Mishap mishap;
} MISHAPS[] = {
    {"", NO_MISHAP},         {"before", FAIL_BEFORE},      {"after", FAIL_AFTER},
    {"step", FAIL_STEP},     {"lost_before", LOSE_BEFORE}, {"lost", LOSE_AFTER},
    {"never", NEVER_ANSWER}, {"kill_before", KILL_BEFORE}, {"kill", KILL_AFTER},
};

static int64_t number_of(const InfraHost *host, InfraValue of, const char *name, int64_t otherwise) {
    int64_t i;
    return host->integer(host->get(host, of, name), &i) ? i : otherwise;
}

static InfraText string_of(const InfraHost *host, InfraValue of, const char *name) {
    InfraValue v = host->get(host, of, name);
    return host->kind(v) == INFRA_STRING ? host->text(v) : (InfraText){NULL, 0};
}

static int64_t milliseconds(int64_t ms) { return ms < 0 ? -1 : ms * 1000000; }

static int rule_load(Script *s, InfraValue from, Rule *out) {
    const InfraHost *host = s->host;
    *out = (Rule){
        .verb = string_of(host, from, "verb"),
        .type = string_of(host, from, "type"),
        .id = string_of(host, from, "id"),
        .times = number_of(host, from, "times", -1),
        .delay_ns = milliseconds(number_of(host, from, "delay_ms", -1)),
        .step = number_of(host, from, "step", 1),
        .message = string_of(host, from, "message"),
        .answer = host->get(host, from, "answer"),
    };
    InfraText fail = string_of(host, from, "fail");
    for (size_t i = 0; i < sizeof MISHAPS / sizeof *MISHAPS; i++) {
        if (!text_is(fail, MISHAPS[i].name)) continue;
        out->mishap = MISHAPS[i].mishap;
        return 1;
    }
    return 0;
}

void script_load(Script *s, const InfraHost *host, InfraArena *arena, InfraText *error) {
    *s = (Script){.host = host, .arena = arena, .root = host->null, .steps = 1};
    const char *named = getenv("INFRA_TFCOREMOCK");
    InfraText json = named ? text_of(named) : store_file(host, arena, host->folder, TEXT("tfcoremock.json"));
    if (json.n && (!host->from_json(arena, json, &s->root) || host->kind(s->root) != INFRA_OBJECT)) {
        s->root = host->null;
        *error = TEXT("the switches are not a JSON object");
        json.n = 0;
    }
    InfraValue rules = host->get(host, s->root, "rules"), batch = host->get(host, s->root, "batch");
    s->rule_count = host->kind(rules) == INFRA_TUPLE ? host->length(rules) : 0;
    s->rules = host->alloc(arena, sizeof *s->rules * (s->rule_count + 1));
    for (size_t i = 0; i < s->rule_count; i++)
        if (!rule_load(s, host->element(rules, i), &s->rules[i])) *error = TEXT("a rule fails in no known way");
    /* The last one is for operations that no rule is about. */
    s->rules[s->rule_count] = (Rule){.times = -1, .delay_ns = -1, .answer = host->null};
    s->steps = number_of(host, s->root, "steps", 1);
    s->batch = number_of(host, batch, "max", 0);
    s->log = string_of(host, s->root, "log");
    s->recover = string_of(host, s->root, "recover");
}

Rule *script_rule(Script *s, const char *verb, InfraText type, InfraText id) {
    for (size_t i = 0; i < s->rule_count; i++) {
        Rule *r = &s->rules[i];
        if (r->times == 0 || (r->verb.n && !text_is(r->verb, verb))) continue;
        if ((r->type.n && !text_same(r->type, type)) || (r->id.n && !text_same(r->id, id))) continue;
        if (r->times > 0) r->times--;
        return r;
    }
    return &s->rules[s->rule_count];
}

int64_t script_delay(const Script *s, const Rule *rule, const char *verb) {
    if (rule->delay_ns >= 0) return rule->delay_ns;
    InfraValue delay = s->host->get(s->host, s->root, "delay_ms");
    int64_t ms = 0;
    if (!s->host->integer(delay, &ms)) ms = number_of(s->host, delay, verb, 0);
    return milliseconds(ms);
}

void script_log(const Script *s, const char *verb, InfraText type, InfraText id, InfraText words) {
    if (!s->log.n) return;
    InfraArena *scratch = s->host->arena_new(s->host);
    InfraText folder = s->log.p[0] == '/' ? TEXT("") : s->host->folder;
    const char *path =
        s->host->format(scratch, "%.*s%s%.*s", (int)folder.n, folder.p, folder.n ? "/" : "", (int)s->log.n, s->log.p).p;
    InfraText text = s->host->format(scratch, "%s %.*s %.*s%s%.*s\n", verb, (int)type.n, type.p, (int)id.n, id.p,
                                     words.n ? " " : "", (int)words.n, words.p);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd >= 0) {
        if (write(fd, text.p, text.n) != (ssize_t)text.n)
            s->host->log(s->host, INFRA_LOG_ERROR, "tfcoremock", TEXT("the operation log cannot be written"));
        close(fd);
    }
    s->host->arena_free(scratch);
}

InfraValue script_merge(const InfraHost *host, InfraArena *arena, InfraValue v, InfraValue changes) {
    if (host->is_null(v) || host->kind(changes) != INFRA_OBJECT || host->is_null(changes)) return v;
    for (size_t i = 0; i < host->length(changes); i++) {
        InfraText key = host->key(changes, i);
        const char *name = host->format(arena, "%.*s", (int)key.n, key.p).p;
        for (size_t a = 0; a < host->length(v); a++)
            if (text_same(host->key(v, a), key)) v = host->with(arena, v, name, host->element(changes, i));
    }
    return v;
}

InfraValue script_drift(const Script *s, InfraArena *arena, InfraText id, InfraValue v) {
    InfraValue drift = s->host->get(s->host, s->root, "drift");
    for (size_t i = 0; s->host->kind(drift) == INFRA_OBJECT && i < s->host->length(drift); i++) {
        if (!text_same(s->host->key(drift, i), id)) continue;
        InfraValue to = s->host->element(drift, i);
        return s->host->is_null(to) ? s->host->null : script_merge(s->host, arena, v, to);
    }
    return v;
}

int script_fails_batch(const Script *s, InfraText id) {
    InfraValue list = s->host->get(s->host, s->host->get(s->host, s->root, "batch"), "fail");
    for (size_t i = 0; s->host->kind(list) == INFRA_TUPLE && i < s->host->length(list); i++)
        if (text_same(s->host->text(s->host->element(list, i)), id)) return 1;
    return 0;
}
