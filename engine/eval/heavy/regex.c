// regex, regexall and replace by PCRE2, held to RE2's syntax, which is the language's: patterns with look-around,
// back references, atomic groups or possessive repetition are refused. Matching is bounded, as PCRE2 backtracks.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "engine/base/limits.h"
#include "engine/base/utf8.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/heavy/heavy.h"

enum { MATCH_LIMIT = 10000000, DEPTH_LIMIT = 10000, HEAP_KIB = 65536 };

typedef struct Regex {
    FuncCall *call;
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    uint32_t groups;
    const Str *names; // of the groups; empty: it has none
    bool named;
} Regex;

// What PCRE2 knows and RE2 does not, or NULL.
static const char *foreign_escape(char c) {
    if (c >= '1' && c <= '9') return "back references are not supported";
    return c && strchr("kgKRXGZhHVNuUlLcoE", c) ? "this escape is not supported" : NULL;
}

static const char *foreign_group(Str rest) {
    static const char *const kinds[] = {"(?=", "(?!", "(?<=", "(?<!", "(?>", "(?|", "(?#",
                                        "(?&", "(?R", "(?P=", "(?P>", "(*",  "(?(", "(?'"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (str_starts(rest, str_of(kinds[i]))) return "this kind of group is not supported";
    }
    return NULL;
}

static bool repeats(char c) { return c == '*' || c == '+' || c == '?'; }

// The end of a class that starts at i: the index of its "]".
static size_t skip_class(Str p, size_t i) {
    i++;
    if (i < p.n && p.p[i] == '^') i++;
    if (i < p.n && p.p[i] == ']') i++;
    for (; i < p.n && p.p[i] != ']'; i++) {
        if (p.p[i] == '\\') i++;
        if (i + 1 < p.n && p.p[i] == '[' && p.p[i + 1] == ':') {
            ptrdiff_t end = str_find(str_slice(p, i, p.n), STR(":]"));
            if (end > 0) i += (size_t)end + 1;
        }
    }
    return i;
}

// "{n}", "{n,}", "{n,m}": RE2 repeats at most 1000 times.
static bool repeats_too_often(Str rest) {
    int64_t count = 0;
    for (size_t i = 1; i < rest.n && count <= 1000; i++) {
        char c = rest.p[i];
        if (c >= '0' && c <= '9')
            count = count * 10 + (c - '0');
        else if (c == ',')
            count = 0;
        else
            return false;
    }
    return count > 1000;
}

static const char *foreign_syntax(Str p) {
    bool after_repeat = false;
    for (size_t i = 0; i < p.n; i++) {
        char c = p.p[i];
        const char *why = NULL;
        bool was_repeat = after_repeat;
        after_repeat = false;
        if (c == '\\' && i + 1 < p.n && p.p[i + 1] == 'Q') {
            ptrdiff_t end = str_find(str_slice(p, i, p.n), STR("\\E"));
            i = end < 0 ? p.n : i + (size_t)end + 1;
        } else if (c == '\\') {
            why = i + 1 < p.n ? foreign_escape(p.p[i + 1]) : NULL;
            i++;
        } else if (c == '[') {
            i = skip_class(p, i);
        } else if (c == '{' && repeats_too_often(str_slice(p, i, p.n))) {
            why = "invalid repeat count";
        } else if (c == '(') {
            why = foreign_group(str_slice(p, i, p.n));
        } else if (repeats(c) && was_repeat && c != '?') {
            why = "invalid nested repetition operator";
        } else if (repeats(c) && i > 0 && !(c == '?' && p.p[i - 1] == '(')) {
            // One "?" after a repetition makes it lazy; nothing may follow that.
            after_repeat = true;
        }
        if (why) return why;
    }
    return NULL;
}

static bool regex_names(Regex *r) {
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &r->groups);
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &table);
    Str *names = ARENA_ARRAY(r->call->arena, Str, r->groups);
    for (uint32_t i = 0; i < count; i++, table += size) {
        uint32_t group = (uint32_t)table[0] << 8 | table[1];
        names[group - 1] = str_copy(r->call->arena, str_of((const char *)table + 2));
    }
    r->names = names;
    r->named = count > 0;
    if (count == 0 || count == r->groups) return true;
    return func_fail(r->call, 0, "invalid regexp pattern: cannot mix both named and unnamed capture groups");
}

static void regex_close(Regex *r) {
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->context);
    pcre2_code_free(r->code);
}

// The same pattern where PCRE2 means something else: \v is one character in RE2, and a class of them in PCRE2.
static Str native_syntax(FuncCall *call, Str p) {
    if (str_find(p, STR("\\v")) < 0) return p;
    Buf out = buf_in(call->arena);
    for (size_t i = 0; i < p.n; i++) {
        bool escape = p.p[i] == '\\' && i + 1 < p.n;
        if (escape && p.p[i + 1] == 'v')
            buf_z(&out, "\\x0B");
        else
            buf_bytes(&out, p.p + i, escape ? 2 : 1);
        i += escape;
    }
    return buf_str(&out);
}

static bool regex_open(FuncCall *call, int32_t arg, Str pattern, Regex *r) {
    *r = (Regex){.call = call};
    const char *foreign = foreign_syntax(pattern);
    if (foreign) return func_fail(call, arg, "invalid regexp pattern: %s in %.*s", foreign, STR_ARG(pattern));
    Str native = native_syntax(call, pattern);
    int error;
    PCRE2_SIZE at;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context, LIMIT_SYNTAX_DEPTH);
    r->code = pcre2_compile((PCRE2_SPTR)(native.p ? native.p : ""), native.n,
                            PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C, &error, &at, context);
    pcre2_compile_context_free(context);
    if (!r->code) {
        PCRE2_UCHAR why[160];
        pcre2_get_error_message(error, why, sizeof why);
        return func_fail(call, arg, "invalid regexp pattern: %s at offset %zu in %.*s", (const char *)why, (size_t)at,
                         STR_ARG(pattern));
    }
    r->data = pcre2_match_data_create_from_pattern(r->code, NULL);
    r->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(r->context, MATCH_LIMIT);
    pcre2_set_depth_limit(r->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(r->context, HEAP_KIB);
    return true;
}

// 1 matched, 0 did not, -1 after func_fail.
static int regex_match(Regex *r, Str text, size_t from) {
    int result =
        pcre2_match(r->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from, PCRE2_NO_UTF_CHECK, r->data, r->context);
    if (result > 0) return 1;
    if (result == PCRE2_ERROR_NOMATCH) return 0;
    func_fail(r->call, 0, "the pattern takes too many steps on this text");
    return -1;
}

typedef bool OnMatch(void *context, Regex *r, const size_t *span);

// All matches from left to right; an empty one right after another match does not count.
static bool regex_each(Regex *r, Str text, OnMatch *on_match, void *context) {
    size_t at = 0, last = SIZE_MAX;
    while (at <= text.n) {
        int matched = regex_match(r, text, at);
        if (matched < 0) return false;
        if (matched == 0) break;
        const size_t *span = pcre2_get_ovector_pointer(r->data);
        bool empty = span[0] == span[1];
        if (!(empty && span[0] == last) && !on_match(context, r, span)) return false;
        last = span[1];
        at = span[1];
        if (!empty) continue;
        uint32_t code;
        size_t step = at < text.n ? utf8_decode(str_slice(text, at, text.n), &code) : 1;
        at += step ? step : 1;
    }
    return true;
}

static const Type *capture_type(Regex *r) {
    Process *p = call_process(r->call);
    if (r->groups == 0) return type_string(p);
    if (r->named) {
        TypeField *fields = ARENA_ARRAY(r->call->arena, TypeField, r->groups);
        for (uint32_t i = 0; i < r->groups; i++)
            fields[i] = (TypeField){name_of(p, r->names[i]), type_string(p), false};
        return type_object(p, fields, r->groups);
    }
    const Type **types = ARENA_ARRAY(r->call->arena, const Type *, r->groups);
    for (uint32_t i = 0; i < r->groups; i++) types[i] = type_string(p);
    return type_tuple(p, types, r->groups);
}

static Value captured(Regex *r, Str text, const size_t *span) {
    Arena *arena = r->call->arena;
    Process *p = call_process(r->call);
    if (r->groups == 0) return value_string(arena, str_slice(text, span[0], span[1]));
    Value *values = ARENA_ARRAY(arena, Value, r->groups);
    Name *names = ARENA_ARRAY(arena, Name, r->groups);
    for (uint32_t i = 0; i < r->groups; i++) {
        size_t from = span[2 * i + 2], to = span[2 * i + 3];
        bool set = from != PCRE2_UNSET;
        values[i] = set ? value_string(arena, str_slice(text, from, to)) : value_null(p, type_string(p));
        if (r->named) names[i] = name_of(p, r->names[i]);
    }
    return r->named ? value_object_of(arena, names, values, r->groups) : value_tuple(arena, values, r->groups);
}

bool heavy_regex(FuncCall *call, Value *out) {
    Regex r;
    if (!regex_open(call, 0, value_str(call->args[0]), &r)) return false;
    Str text = value_str(call->args[1]);
    int matched = regex_names(&r) ? regex_match(&r, text, 0) : -1;
    if (matched > 0) *out = captured(&r, text, pcre2_get_ovector_pointer(r.data));
    if (matched == 0) func_fail(call, -1, "pattern did not match any part of the given string");
    regex_close(&r);
    return matched > 0;
}

bool heavy_regextype(FuncCall *call, Value *out) {
    Regex r;
    if (!regex_open(call, 0, value_str(call->args[0]), &r)) return false;
    bool fine = regex_names(&r);
    if (fine) *out = value_unknown(call_process(call), capture_type(&r));
    regex_close(&r);
    return fine;
}

typedef struct Matches {
    Str text;
    VEC(Value) list;
} Matches;

static bool collect_match(void *context, Regex *r, const size_t *span) {
    Matches *matches = context;
    if (matches->list.n == LIMIT_ELEMENTS) return func_fail(r->call, -1, "too many matches");
    vec_push(r->call->arena, &matches->list, captured(r, matches->text, span));
    return true;
}

bool heavy_regexall(FuncCall *call, Value *out) {
    Regex r;
    if (!regex_open(call, 0, value_str(call->args[0]), &r)) return false;
    Matches matches = {.text = value_str(call->args[1])};
    bool fine = regex_names(&r) && regex_each(&r, matches.text, collect_match, &matches);
    if (fine) *out = value_list(call->arena, capture_type(&r), matches.list.at, matches.list.n);
    regex_close(&r);
    return fine;
}

typedef struct Replace {
    Str text, with;
    size_t done; // what lies before is in out
    Buf out;
} Replace;

static bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static int32_t group_of(const Regex *r, Str name) {
    int64_t number;
    if (name.n && name.p[0] >= '0' && name.p[0] <= '9' && str_to_i64(name, &number)) {
        return number <= r->groups ? (int32_t)number : -1;
    }
    for (uint32_t i = 0; i < r->groups; i++) {
        if (name.n && str_eq(r->names[i], name)) return (int32_t)i + 1;
    }
    return -1;
}

// "$1", "${1}", "$name", "$$". Returns the bytes used up after the dollar sign; 0: it is a plain one.
static size_t expand_group(const Regex *r, Str rest, Str text, const size_t *span, Buf *out) {
    bool braces = rest.n && rest.p[0] == '{';
    size_t from = braces ? 1 : 0, to = from;
    if (rest.n && rest.p[0] == '$') {
        buf_char(out, '$');
        return 1;
    }
    while (to < rest.n && word_char(rest.p[to])) to++;
    if (to == from || (braces && (to == rest.n || rest.p[to] != '}'))) return 0;
    int32_t group = group_of(r, str_slice(rest, from, to));
    if (group >= 0 && span[2 * group] != PCRE2_UNSET) {
        buf_add(out, str_slice(text, span[2 * group], span[2 * group + 1]));
    }
    return braces ? to + 1 : to;
}

static bool replace_match(void *context, Regex *r, const size_t *span) {
    Replace *replace = context;
    buf_add(&replace->out, str_slice(replace->text, replace->done, span[0]));
    for (size_t i = 0; i < replace->with.n; i++) {
        char c = replace->with.p[i];
        size_t used = 0;
        if (c == '$')
            used =
                expand_group(r, str_slice(replace->with, i + 1, replace->with.n), replace->text, span, &replace->out);
        if (used == 0) buf_char(&replace->out, c);
        i += used;
    }
    replace->done = span[1];
    return replace->out.n <= LIMIT_SOURCE_BYTES || func_fail(r->call, -1, "the result is too large");
}

// Called for a search text between slashes.
bool heavy_replace(FuncCall *call, Value *out) {
    Regex r;
    Str pattern = value_str(call->args[1]);
    if (!regex_open(call, -1, str_slice(pattern, 1, pattern.n - 1), &r)) return false;
    Replace replace = {.text = value_str(call->args[0]), .with = value_str(call->args[2]), .out = buf_in(call->arena)};
    // Here named and unnamed groups may be mixed.
    bool fine = regex_names(&r) || r.named;
    call->error = STR_NONE;
    call->error_arg = -1;
    fine = fine && regex_each(&r, replace.text, replace_match, &replace);
    if (fine) buf_add(&replace.out, str_slice(replace.text, replace.done, replace.text.n));
    regex_close(&r);
    return fine && call_string(call, buf_str(&replace.out), out);
}
