#include "providers/aws/client/config_file.h"

#include "engine/base/limits.h"
#include "engine/io/file.h"
#include "providers/aws/client/text.h"

ConfigFiles config_files_in(Arena *arena) { return (ConfigFiles){arena, strmap_in(arena)}; }

static StrMap *section_named(ConfigFiles *files, Str name) {
    StrMap *section = strmap_get_ptr(&files->sections, name);
    if (section) return section;
    section = ARENA_NEW(files->arena, StrMap);
    *section = strmap_in(files->arena);
    strmap_put_ptr(&files->sections, name, section);
    return section;
}

// "[profile x]" and "[x]" of the two files are the same section; other kinds exist in the config file only.
static StrMap *open_section(ConfigFiles *files, Str head, bool credentials) {
    static const char *const kinds[] = {"profile ", "sso-session ", "services "};
    Arena *arena = files->arena;
    head = str_trim(head);
    for (int i = 0; i < 3 && !credentials; i++) {
        Str kind = str_of(kinds[i]);
        if (!str_starts(head, kind)) continue;
        Str name = str_trim(str_slice(head, kind.n, head.n));
        return section_named(files, str_format(arena, "%s%.*s", kinds[i], STR_ARG(name)));
    }
    if (credentials || str_eqz(head, "default"))
        return section_named(files, str_format(arena, "profile %.*s", STR_ARG(head)));
    return section_named(files, str_concat(arena, STR("other "), head));
}

static void put(ConfigFiles *files, StrMap *section, Str key, Str text) {
    Str *value = ARENA_NEW(files->arena, Str);
    *value = str_copy(files->arena, text);
    strmap_put_ptr(section, text_lower(files->arena, key), value);
}

// A comment may follow a value, after a blank.
static Str without_comment(Str line) {
    for (size_t i = 1; i < line.n; i++)
        if ((line.p[i] == '#' || line.p[i] == ';') && (line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
            return str_trim(str_slice(line, 0, i));
    return str_trim(line);
}

typedef struct LineReader {
    ConfigFiles *files;
    StrMap *section;
    Str block; // key whose nested lines may follow
    bool credentials;
} LineReader;

static bool read_line(LineReader *r, Str line) {
    Str text = str_trim(line);
    if (str_empty(text) || text.p[0] == '#' || text.p[0] == ';') return true;
    if (text.p[0] == '[') {
        ptrdiff_t close = str_find_char(text, ']');
        if (close < 0) return false;
        r->section = open_section(r->files, str_slice(text, 1, (size_t)close), r->credentials);
        r->block = STR_NONE;
        return true;
    }
    ptrdiff_t equals = str_find_char(text, '=');
    bool nested = (line.p[0] == ' ' || line.p[0] == '\t') && r->block.n;
    if (!r->section || (equals <= 0 && !nested)) return false;
    if (equals <= 0) return true; // goes on with the value above; no key here has such
    Str key = str_trim(str_slice(text, 0, (size_t)equals));
    Str value = without_comment(str_slice(text, (size_t)equals + 1, text.n));
    if (nested) {
        key = str_format(r->files->arena, "%.*s.%.*s", STR_ARG(r->block), STR_ARG(key));
    } else {
        r->block = key;
    }
    put(r->files, r->section, key, value);
    return true;
}

bool config_file_parse(ConfigFiles *files, Str text, bool credentials, const char *path, Diags *diags) {
    LineReader r = {.files = files, .credentials = credentials};
    Str line;
    for (uint32_t number = 1; str_next(&text, '\n', &line); number++) {
        if (str_ends(line, STR("\r"))) line.n--;
        if (!read_line(&r, line))
            return diag_error(diags, "aws_config", SPAN_NONE, "Invalid AWS configuration file",
                              "\"%s\" line %u is neither a section nor a setting within one.", path, number);
    }
    return true;
}

bool config_file_read(ConfigFiles *files, const char *path, bool credentials, bool must_exist, Diags *diags) {
    Str text;
    if (!must_exist && !file_exists(path)) return true;
    if (strcmp(path, "/dev/null") == 0) return true; // how people say that there is none
    return file_read(files->arena, path, LIMIT_SOURCE_BYTES, &text, diags) &&
           config_file_parse(files, text, credentials, path, diags);
}

const StrMap *config_section(const ConfigFiles *files, const char *kind, Str name) {
    Buf key = {0};
    buf_format(&key, "%s %.*s", kind, STR_ARG(name));
    const StrMap *section = strmap_get_ptr(&files->sections, buf_str(&key));
    buf_free(&key);
    return section;
}

Str config_get(const StrMap *section, const char *key) {
    const Str *value = section ? strmap_get_ptr(section, str_of(key)) : NULL;
    return value ? *value : STR_NONE;
}
