// Properties of plan and apply, on random cases:
//
//   after an apply that succeeds the plan is empty;
//   an apply does exactly what its plan says;
//   operations come in the order of the dependencies, in both directions;
//   whatever failed, the state says what is really there, and a second run without failures ends well.
//
//   apply_property FIRST COUNT
//
// Runs the cases of the seeds FIRST, FIRST + 1, …; a failing case is made small and printed. Cases work in a folder
// under TMPDIR.
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/process.h"
#include "engine/value/json.h"
#include "engine/value/marks.h"
#include "engine/value/type.h"
#include "tests/property/case.h"
#include "tests/property/run.h"

typedef struct Trial {
    Process *process;
    Arena *arena;
    char folder[512];
    uint64_t seed;
    Buf why; // empty: all is well
} Trial;

typedef struct Step { // a line of the operation log
    char verb;        // c, u, d
    Str id;
    const RunObject *object; // which object of the state it was about, or NULL
    int block;               // resource number
} Step;

typedef struct Steps {
    Step *at;
    uint32_t n;
} Steps;

static void wrong(Trial *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void wrong(Trial *t, const char *format, ...) {
    va_list args;
    char text[4096];
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_z(&t->why, text);
    buf_char(&t->why, '\n');
}

// ---- files ----

static const char *path_of(Trial *t, const char *name) { return str_format(t->arena, "%s/%s", t->folder, name).p; }

static void store(Trial *t, const char *name, Str text) {
    FILE *f = fopen(path_of(t, name), "wb");
    if (!f || fwrite(text.p, 1, text.n, f) != text.n || fclose(f) != 0) abort();
}

static Str load(Trial *t, const char *name) {
    FILE *f = fopen(path_of(t, name), "rb");
    Buf b = buf_in(t->arena);
    char piece[4096];
    if (!f) return STR("");
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_bytes(&b, piece, n);
    fclose(f);
    return buf_str(&b);
}

static int visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static void folder_clear(const char *path) {
    struct dirent **list;
    int n = scandir(path, &list, NULL, NULL);
    for (int i = 0; i < n; i++) {
        char name[1024];
        snprintf(name, sizeof name, "%s/%s", path, list[i]->d_name);
        if (strcmp(list[i]->d_name, ".") != 0 && strcmp(list[i]->d_name, "..") != 0 && remove(name) != 0) {
            folder_clear(name);
            rmdir(name);
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
}

// What is really there: file names without ".json".
static Str *real_objects(Trial *t, uint32_t *n) {
    struct dirent **list;
    int count = scandir(path_of(t, "terraform.resource"), &list, visible, alphasort);
    *n = 0;
    Str *out = ARENA_ARRAY(t->arena, Str, (count > 0 ? (uint32_t)count : 0) + 1);
    for (int i = 0; i < count; i++) {
        Str name = str_of(list[i]->d_name);
        if (str_ends(name, STR(".json"))) out[(*n)++] = str_copy(t->arena, str_slice(name, 0, name.n - 5));
        free(list[i]);
    }
    if (count >= 0) free(list);
    return out;
}

// The value of an attribute in an object's file.
static Str real_text(Trial *t, Str id, const char *attribute) {
    Value v;
    Str text = load(t, str_format(t->arena, "terraform.resource/%.*s.json", STR_ARG(id)).p);
    if (!json_decode(t->arena, text, &v, NULL)) return STR("");
    const char *const path[] = {"values", attribute, "string"};
    for (int i = 0; i < 3; i++) {
        const Value *part = value_is_set(v) && v.kind == TYPE_OBJECT ? value_get_str(v, str_of(path[i])) : NULL;
        if (!part) return STR("");
        v = *part;
    }
    return value_is_set(v) && v.kind == TYPE_STRING ? value_str(v) : STR("");
}

// ---- the world outside ----

static void drift(Trial *t, const CaseRound *r) {
    for (uint32_t i = 0; i < CASE_DRIFTS; i++) {
        uint32_t n;
        Str *ids = real_objects(t, &n);
        if (!r->drifts[i].kind || n == 0) continue;
        Str id = ids[r->drifts[i].pick % n];
        const char *name = str_format(t->arena, "terraform.resource/%.*s.json", STR_ARG(id)).p;
        if (r->drifts[i].kind == 2) {
            unlink(path_of(t, name));
            continue;
        }
        Str json = str_format(t->arena, "{\"values\":{\"id\":{\"string\":\"%.*s\"},\"name\":{\"string\":\"%.*s\"},"
                                        "\"string\":{\"string\":\"drifted\"}}}",
                              STR_ARG(id), STR_ARG(real_text(t, id, "name")));
        store(t, name, json);
    }
}

// ---- the properties ----

static bool same_object(const RunObject *a, Str id) { return str_eqz(a->type, "tfcoremock_r") && str_eq(a->id, id); }

static const RunObject *object_find(const RunObject *list, uint32_t n, Str id) {
    for (uint32_t i = 0; i < n; i++)
        if (same_object(&list[i], id)) return &list[i];
    return NULL;
}

static Steps steps_read(Trial *t, const RunResult *r) {
    Str text = load(t, "operations"), line;
    Steps s = {ARENA_ARRAY(t->arena, Step, text.n / 8 + 1), 0};
    while (text.n && str_next(&text, '\n', &line)) {
        Str verb, type;
        str_next(&line, ' ', &verb);
        str_next(&line, ' ', &type);
        bool own = str_eqz(verb, "create") || str_eqz(verb, "update") || str_eqz(verb, "delete");
        if (!own) continue;
        ptrdiff_t end = str_find_char(line, ' ');
        Step *step = &s.at[s.n++];
        *step = (Step){.verb = verb.p[0], .id = end < 0 ? line : str_slice(line, 0, (size_t)end), .block = -1};
        step->object = object_find(step->verb == 'd' ? r->before : r->after, step->verb == 'd' ? r->before_count : r->after_count,
                                   step->id);
        if (step->object) step->block = step->object->name.p[1] - '0';
    }
    return s;
}

static void check_counts(Trial *t, const RunResult *r, const Steps *s) {
    uint32_t create = 0, update = 0, destroy = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        create += s->at[i].verb == 'c';
        update += s->at[i].verb == 'u';
        destroy += s->at[i].verb == 'd';
    }
    if (create != r->create || update != r->update || destroy != r->destroy)
        wrong(t, "planned %u creates, %u updates, %u deletes; done %u, %u, %u", r->create, r->update, r->destroy, create,
              update, destroy);
}

static bool needs(const CaseRound *round, int user, int used) {
    const CaseResource *r = &round->resources[user];
    return ((r->refs | r->depends | r->triggers) >> used) & 1 && round->resources[used].on;
}

static bool needed(const RunObject *user, const RunObject *used) {
    for (uint32_t i = 0; i < user->dependency_count; i++) {
        Str d = user->dependencies[i];
        if (str_starts(d, used->type) && d.n == used->type.n + 1 + used->name.n && str_ends(d, used->name)) return true;
    }
    return false;
}

// a comes before b in the log: was that right?
static void check_pair(Trial *t, const CaseRound *round, const Step *a, const Step *b) {
    if (a->block < 0 || b->block < 0 || a->block == b->block) return;
    bool makes_a = a->verb != 'd', makes_b = b->verb != 'd';
    if (makes_a && makes_b && needs(round, a->block, b->block))
        wrong(t, "r%d was made before r%d, which it needs", a->block, b->block);
    if (!makes_a && !makes_b && a->object->deposed.n == 0 && b->object->deposed.n == 0 && needed(b->object, a->object))
        wrong(t, "r%d was destroyed before r%d, which needed it", a->block, b->block);
}

static void check_order(Trial *t, const CaseRound *round, const Steps *s) {
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t k = i + 1; k < s->n; k++) check_pair(t, round, &s->at[i], &s->at[k]);
}

// Update of a user comes before the old object of what it uses goes, when that was replaced by creating first.
static void check_replaced(Trial *t, const CaseRound *round, const Steps *s) {
    for (uint32_t i = 0; i < s->n; i++) {
        const Step *gone = &s->at[i];
        bool before = false;
        if (gone->verb != 'd' || gone->block < 0 || gone->object->deposed.n) continue;
        for (uint32_t k = 0; k < i; k++)
            before |= s->at[k].verb == 'c' && s->at[k].object && str_eq(s->at[k].object->name, gone->object->name) &&
                      str_eq(s->at[k].object->key, gone->object->key);
        for (uint32_t k = i + 1; before && k < s->n; k++)
            if (s->at[k].verb == 'u' && s->at[k].block >= 0 && needs(round, s->at[k].block, gone->block))
                wrong(t, "r%d was destroyed before r%d was told of its successor", gone->block, s->at[k].block);
    }
}

// spare: real objects that the state need not know. lost: objects that the state may have though they are gone.
static void check_state(Trial *t, const RunResult *r, bool spare, bool lost) {
    uint32_t n, known = 0;
    Str *ids = real_objects(t, &n);
    for (uint32_t i = 0; i < r->after_count; i++) {
        const RunObject *o = &r->after[i];
        if (!str_eqz(o->type, "tfcoremock_r")) continue;
        bool real = false;
        for (uint32_t k = 0; k < n; k++) real |= str_eq(ids[k], o->id);
        known += real;
        if (!real && !lost) wrong(t, "%.*s%.*s in the state is not there: %.*s", STR_ARG(o->name), STR_ARG(o->key), STR_ARG(o->id));
        if (!real) continue;
        if (!str_eq(real_text(t, o->id, "name"), o->label))
            wrong(t, "%.*s is called %.*s, in the state %.*s", STR_ARG(o->name), STR_ARG(real_text(t, o->id, "name")),
                  STR_ARG(o->label));
        if (!str_eq(real_text(t, o->id, "string"), o->text))
            wrong(t, "%.*s says \"%.*s\", in the state \"%.*s\"", STR_ARG(o->name), STR_ARG(real_text(t, o->id, "string")),
                  STR_ARG(o->text));
    }
    if (known < n && !spare) wrong(t, "%u objects are there, the state has %u of them", n, known);
}

// ---- rounds ----

static void go(Trial *t, const CaseRound *round, bool apply, RunResult *out) {
    RunOptions o = {.folder = t->folder, .destroy = round->destroy, .refresh_only = round->refresh_only, .apply = apply};
    o.seed = t->seed++;
    unlink(path_of(t, "operations"));
    run_engine(t->arena, &o, out);
}

static void switches(Trial *t, const CaseRound *round) {
    Buf b = buf_in(t->arena);
    case_switches(round, path_of(t, "operations"), &b);
    buf_char(&b, '\0');
    setenv("INFRA_TFCOREMOCK", b.p, 1);
}

static void round_run(Trial *t, const CaseRound *round, bool spare) {
    Buf text = buf_in(t->arena);
    RunResult r;
    CaseRound calm = *round;
    calm.fail = CASE_WORKS;
    case_configuration(round, &text);
    store(t, "main.infra", buf_str(&text));
    drift(t, round);
    switches(t, round);
    go(t, round, true, &r);
    switches(t, &calm);
    if (!r.planned) wrong(t, "planning failed\n%.*s", STR_ARG(r.told));
    if (t->why.n) return;
    if (!r.applied) {
        if (!round->fail || round->refresh_only) wrong(t, "applying failed\n%.*s", STR_ARG(r.told));
        // A lost answer is cleared up by the next run; a delete that failed afterwards is seen by it.
        bool open = round->fail >= CASE_LOST_BEFORE;
        bool lost = open || (round->fail == CASE_FAILS_AFTER && round->verb == 2);
        if (!open) check_state(t, &r, spare, lost);
        go(t, &calm, true, &r);
        if (!r.planned || !r.applied) wrong(t, "repairing failed\n%.*s", STR_ARG(r.told));
        if (t->why.n) return;
    }
    Steps s = steps_read(t, &r);
    check_counts(t, &r, &s);
    check_order(t, round, &s);
    check_replaced(t, round, &s);
    check_state(t, &r, spare, false);
    if (round->destroy && r.after_count) wrong(t, "destroyed everything, but %u objects are left", r.after_count);
    if (t->why.n || round->refresh_only) return;
    go(t, &calm, false, &r);
    if (!r.planned || r.changes) wrong(t, "after applying the plan is not empty\n%.*s", STR_ARG(r.told));
}

static void trial_run(Trial *t, const Case *c) {
    bool spare = false;
    folder_clear(t->folder);
    store(t, "dynamic_resources.json",
          STR("{\"tfcoremock_r\":{\"attributes\":{\"string\":{\"type\":\"string\",\"optional\":true},"
              "\"name\":{\"type\":\"string\",\"optional\":true,\"replace\":true}}}}"));
    for (uint32_t k = 0; k < c->round_count && t->why.n == 0; k++) {
        for (uint32_t i = 0; i < CASE_RESOURCES; i++) spare |= c->rounds[k].resources[i].on && c->rounds[k].resources[i].keep;
        round_run(t, &c->rounds[k], spare);
        if (t->why.n) wrong(t, "in round %u", k);
    }
}

static bool case_fails(const Case *c, void *ctx) {
    Trial *t = ctx;
    t->why.n = 0;
    t->seed = 1;
    trial_run(t, c);
    arena_reset(t->arena);
    return t->why.n > 0;
}

int main(int argc, char **argv) {
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
    const char *temp = getenv("TMPDIR");
    Trial t = {.process = process_new()};
    type_init(t.process);
    marks_init(t.process);
    t.arena = arena_new(t.process, LIFE_CONFIG, "trial");
    snprintf(t.folder, sizeof t.folder, "%s/infra-property-XXXXXX", temp ? temp : "/tmp");
    if (!mkdtemp(t.folder)) return 2;
    uint64_t failed = 0;
    for (uint64_t seed = first; seed < first + count && failed < 5; seed++) {
        Case c = case_random(seed);
        if (!case_fails(&c, &t)) continue;
        failed++;
        case_shrink(&c, case_fails, &t);
        case_fails(&c, &t);
        Buf text = {0};
        case_print(&c, &text);
        printf("FAILED seed %llu\n%.*s%.*s\n", (unsigned long long)seed, STR_ARG(buf_str(&t.why)), STR_ARG(buf_str(&text)));
        fflush(stdout);
        buf_free(&text);
    }
    folder_clear(t.folder);
    rmdir(t.folder);
    buf_free(&t.why);
    arena_free(t.arena);
    process_free(t.process);
    printf("%llu cases, %llu failed\n", (unsigned long long)count, (unsigned long long)failed);
    return failed > 0;
}
