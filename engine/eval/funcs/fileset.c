// fileset: the files below a folder whose path fits a pattern.
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "engine/base/limits.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/funcs/paths.h"

enum { GLOB_STEPS = 1000000 };

// A class "[...]" at the start of the pattern. Returns its length, 0 when it is malformed.
static size_t class_length(Str p) {
    size_t i = 1;
    if (i < p.n && (p.p[i] == '^' || p.p[i] == '!')) i++;
    if (i < p.n && p.p[i] == ']') return 0;
    while (i < p.n && p.p[i] != ']') i += p.p[i] == '\\' && i + 1 < p.n ? 2 : 1;
    return i < p.n ? i + 1 : 0;
}

static bool class_has(Str class, char c) {
    size_t i = 1;
    bool negated = class.p[i] == '^' || class.p[i] == '!', found = false;
    if (negated) i++;
    while (i + 1 < class.n) {
        if (class.p[i] == '\\') i++;
        char low = class.p[i++], high = low;
        if (i + 2 < class.n && class.p[i] == '-') {
            i++;
            if (class.p[i] == '\\') i++;
            high = class.p[i++];
        }
        found |= c >= low && c <= high;
    }
    return found != negated;
}

// The end of "{a,b}": one past the closing brace, 0 when there is none.
static size_t braces_length(Str p) {
    size_t depth = 0;
    for (size_t i = 0; i < p.n; i++) {
        if (p.p[i] == '\\')
            i++;
        else if (p.p[i] == '{')
            depth++;
        else if (p.p[i] == '}' && --depth == 0)
            return i + 1;
    }
    return 0;
}

bool path_pattern_valid(Str pattern) {
    uint32_t open = 0;
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        if (c == '\\' && ++i == pattern.n) return false;
        if (c == '[') {
            size_t n = class_length(str_slice(pattern, i, pattern.n));
            if (n == 0) return false;
            i += n - 1;
        }
        if (c == '{' && ++open > LIMIT_SYNTAX_DEPTH) return false;
        if (c == '}' && open-- == 0) return false;
    }
    return open == 0;
}

typedef struct Matcher {
    uint32_t steps, depth;
} Matcher;

// start: the pattern is at the beginning of a part, where ** stands for parts; elsewhere it is like *.
static bool match(Matcher *m, Str pattern, Str path, bool start);

static bool match_stars(Matcher *m, Str pattern, Str path) {
    // "**/" fits any number of parts, also none; "**" at the end fits all that is left.
    if (pattern.n > 2 && pattern.p[2] == '/') {
        Str after = str_slice(pattern, 3, pattern.n);
        if (match(m, after, path, true)) return true;
        for (size_t i = 0; i < path.n; i++) {
            if (path.p[i] == '/' && match(m, after, str_slice(path, i + 1, path.n), true)) return true;
        }
        return false;
    }
    return pattern.n == 2 || match(m, str_slice(pattern, 1, pattern.n), path, false);
}

static bool match_star(Matcher *m, Str pattern, Str path) {
    Str after = str_slice(pattern, 1, pattern.n);
    for (size_t i = 0; i <= path.n; i++) {
        if (match(m, after, str_slice(path, i, path.n), false)) return true;
        if (i < path.n && path.p[i] == '/') return false;
    }
    return false;
}

static bool match_braces(Matcher *m, Str pattern, Str path, bool start_of_part) {
    size_t n = braces_length(pattern), depth = 0, start = 1;
    Str after = str_slice(pattern, n, pattern.n);
    for (size_t i = 1; i < n; i++) {
        char c = pattern.p[i];
        if (c == '\\')
            i++;
        else if (c == '{')
            depth++;
        else if (c == '}' && depth > 0)
            depth--;
        else if ((c == ',' && depth == 0) || i + 1 == n) {
            Str choice = str_slice(pattern, start, i);
            char joined[4096];
            if (choice.n + after.n > sizeof joined) return false;
            memcpy(joined, choice.p, choice.n);
            memcpy(joined + choice.n, after.p, after.n);
            if (match(m, (Str){joined, choice.n + after.n}, path, start_of_part)) return true;
            start = i + 1;
        }
    }
    return false;
}

static bool match_plain(Str *pattern, Str *path, bool *fits) {
    char c = pattern->p[0];
    size_t n = 1;
    *fits = path->n > 0;
    if (c == '[') {
        n = class_length(*pattern);
        *fits = *fits && path->p[0] != '/' && class_has(str_slice(*pattern, 0, n), path->p[0]);
    } else if (c == '?') {
        *fits = *fits && path->p[0] != '/';
    } else {
        if (c == '\\') c = pattern->p[n++];
        *fits = *fits && path->p[0] == c;
    }
    *pattern = str_slice(*pattern, n, pattern->n);
    *path = str_slice(*path, 1, path->n);
    return *fits;
}

static bool match_here(Matcher *m, Str pattern, Str path, bool start) {
    while (pattern.n) {
        if (++m->steps > GLOB_STEPS) return false;
        char c = pattern.p[0];
        bool fits;
        if (c == '*' && start && pattern.n > 1 && pattern.p[1] == '*') return match_stars(m, pattern, path);
        if (c == '*') return match_star(m, pattern, path);
        if (c == '{') return match_braces(m, pattern, path, start);
        if (!match_plain(&pattern, &path, &fits)) return false;
        start = c == '/';
    }
    return path.n == 0;
}

static bool match(Matcher *m, Str pattern, Str path, bool start) {
    if (m->depth == LIMIT_SYNTAX_DEPTH) return false;
    m->depth++;
    bool fits = match_here(m, pattern, path, start);
    m->depth--;
    return fits;
}

bool path_matches(Str pattern, Str path) {
    bool plain = true;
    for (size_t i = 0; i < pattern.n; i++) plain = plain && !strchr("*?[{", pattern.p[i]);
    if (plain) return str_eq(pattern, path);
    Matcher m = {0};
    return match(&m, pattern, path, true);
}

typedef struct Walk {
    FuncCall *call;
    Str root, pattern;
    VEC(Value) found;
    uint32_t depth;
    bool any_depth; // the pattern has **
    uint32_t parts; // of the pattern
} Walk;

static bool walk_dir(Walk *w, Str relative);

static bool walk_entry(Walk *w, Str relative, const char *name) {
    Arena *arena = w->call->arena;
    Str path = relative.n ? str_format(arena, "%.*s/%s", STR_ARG(relative), name) : str_copy(arena, str_of(name));
    char *full = str_to_z(arena, str_format(arena, "%.*s/%.*s", STR_ARG(w->root), STR_ARG(path)));
    struct stat st;
    if (stat(full, &st) != 0) return true; // a link to nowhere
    if (S_ISDIR(st.st_mode)) {
        struct stat link;
        bool linked = lstat(full, &link) == 0 && S_ISLNK(link.st_mode);
        // Under ** links to folders are not followed: they may lead in circles.
        if ((linked && w->any_depth) || w->depth >= LIMIT_VALUE_DEPTH) return true;
        if (!w->any_depth && w->depth + 1 >= w->parts) return true;
        w->depth++;
        bool fine = walk_dir(w, path);
        w->depth--;
        return fine;
    }
    if (!S_ISREG(st.st_mode) || !path_matches(w->pattern, path)) return true;
    if (w->found.n == LIMIT_ELEMENTS) return func_fail(w->call, -1, "more than %u files", (unsigned)LIMIT_ELEMENTS);
    vec_push(arena, &w->found, value_string(arena, path));
    return true;
}

static bool walk_dir(Walk *w, Str relative) {
    Arena *arena = w->call->arena;
    DIR *dir = opendir(str_to_z(arena, str_format(arena, "%.*s/%.*s", STR_ARG(w->root), STR_ARG(relative))));
    if (!dir) return true;
    bool fine = true;
    for (struct dirent *entry; fine && (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        fine = walk_entry(w, relative, entry->d_name);
    }
    closedir(dir);
    return fine;
}

static uint32_t count_parts(Str pattern) {
    uint32_t n = 1;
    for (size_t i = 0; i < pattern.n; i++) n += pattern.p[i] == '/';
    return n;
}

bool filesystem_fileset(FuncCall *call, Value *out) {
    Process *p = call_process(call);
    Marks marks = marks_union(p, call->args[0].marks, call->args[1].marks);
    Walk w = {.call = call, .pattern = filesystem_clean(call->arena, call_str(call, 1))};
    if (!file_path(call, call_str(call, 0), &w.root)) return false;
    // A pattern may begin with "..": the walk then starts further up, and results say so.
    Str up = STR("");
    while (str_starts(w.pattern, STR("../"))) {
        w.pattern = str_slice(w.pattern, 3, w.pattern.n);
        w.root = filesystem_clean(call->arena, str_concat(call->arena, w.root, STR("/..")));
        up = str_concat(call->arena, up, STR("../"));
    }
    if (!path_pattern_valid(w.pattern)) {
        return func_fail(call, -1, "failed to glob pattern %s: syntax error in pattern",
                         call_z(call, call_quote(call, call_str(call, 1), marks)));
    }
    w.any_depth = str_find(w.pattern, STR("**")) >= 0;
    w.parts = count_parts(w.pattern);
    if (!walk_dir(&w, STR(""))) return false;
    for (uint32_t i = 0; up.n && i < w.found.n; i++) {
        w.found.at[i] = value_string(call->arena, str_concat(call->arena, up, value_str(w.found.at[i])));
    }
    *out = value_with_marks(value_set(call->arena, type_string(p), w.found.at, w.found.n), marks);
    return true;
}
