#include "engine/base/limits.h"
#include "engine/io/file.h"
#include "state/journal_code.h"

static bool damaged(const char *path, size_t at, const char *what, Diags *diags) {
    return diag_error(
        diags, "damaged_journal", SPAN_NONE, "Damaged journal",
        "%s: %s at byte %zu. The journal says what an interrupted run did, so nothing is changed while it "
        "cannot be read. Keep a copy of the file. To go on with what stands before that place, cut the "
        "file there; to go on without the journal, remove it and compare the state with what is there.",
        path, what, at);
}

static bool read_records(Arena *arena, const char *path, Str file, JournalContent *content, Diags *diags) {
    size_t at = sizeof JOURNAL_MAGIC - 1;
    for (;;) {
        size_t start = at;
        uint8_t kind;
        Str payload;
        FrameKind frame = journal_frame(file, &at, &kind, &payload);
        content->good_size = start;
        content->torn = frame == FRAME_TORN;
        if (frame == FRAME_DAMAGED) return damaged(path, start, "a record does not fit its checksum", diags);
        if (frame != FRAME_GOOD) return true;
        bool read = kind == JOURNAL_HEAD
                        ? journal_decode_head(arena, payload, vec_add(arena, &content->heads))
                        : journal_decode(arena, (JournalKind)kind, payload, vec_add(arena, &content->records));
        if (!read) return damaged(path, start, "a record that this version does not understand", diags);
        if (!content->heads.n) return damaged(path, start, "the first record is not a head", diags);
    }
}

bool journal_parse(Arena *arena, const char *path, Str file, JournalContent **out, Diags *diags) {
    *out = NULL;
    Str magic = STR(JOURNAL_MAGIC);
    // Cut off within its first bytes: nothing was ever synced.
    if (file.n < magic.n && str_starts(magic, file)) return true;
    if (!str_starts(file, magic)) return damaged(path, 0, "not a journal", diags);
    JournalContent *content = ARENA_NEW(arena, JournalContent);
    if (!read_records(arena, path, file, content, diags)) return false;
    if (content->heads.n) *out = content;
    return true;
}

bool journal_read(Arena *arena, const char *path, JournalContent **out, Diags *diags) {
    *out = NULL;
    if (!file_exists(path)) return true;
    Str file;
    return file_read(arena, path, LIMIT_STATE_BYTES, &file, diags) && journal_parse(arena, path, file, out, diags);
}

uint32_t journal_unknown(Arena *arena, const JournalContent *content, const JournalRecord **out) {
    IdMap closed = idmap_in(arena);
    VEC(JournalRecord) open = {0};
    for (uint32_t i = 0; i < content->records.n; i++) {
        const JournalRecord *r = &content->records.at[i];
        if (r->op && (r->kind == JOURNAL_RESULT || r->kind == JOURNAL_FAILED)) *idmap_put(&closed, r->op, NULL) = 1;
    }
    for (uint32_t i = 0; i < content->records.n; i++) {
        const JournalRecord *r = &content->records.at[i];
        if (r->kind == JOURNAL_INTENT && !idmap_get(&closed, r->op)) vec_push(arena, &open, *r);
    }
    *out = open.at;
    return open.n;
}
