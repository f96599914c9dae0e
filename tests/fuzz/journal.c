// Any bytes as a journal, and any payload as a record: what is understood is written so that it reads the same again.
#include <stdint.h>
#include <stdlib.h>

#include "engine/base/process.h"
#include "engine/base/utf8.h"
#include "engine/value/type.h"
#include "state/journal_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) abort();
}

static void write_again(Arena *arena, const JournalContent *content, bool text, Diags *diags) {
    Buf file = buf_in(arena), again = buf_in(arena);
    buf_add(&file, STR(JOURNAL_MAGIC));
    journal_encode_head(&content->heads.at[0], &file);
    for (uint32_t i = 0; i < content->records.n; i++) journal_encode(&content->records.at[i], &file);
    JournalContent *back;
    check(journal_parse(arena, "again", buf_str(&file), &back, diags) && back && !back->torn);
    check(back->records.n == content->records.n);
    buf_add(&again, STR(JOURNAL_MAGIC));
    journal_encode_head(&back->heads.at[0], &again);
    for (uint32_t i = 0; i < back->records.n; i++) journal_encode(&back->records.at[i], &again);
    // What is not UTF-8 becomes U+FFFD when it is written, as an escape, and that reads as another form.
    if (text) check(str_eq(buf_str(&again), buf_str(&file)));
    const JournalRecord *unknown;
    journal_unknown(arena, back, &unknown);
}

// A whole file, and also payloads, one a line after a digit for the kind, of which a file is made here.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *process = process_new();
    type_init(process);
    Arena *arena = arena_new(process, LIFE_WALK, "fuzz");
    Diags diags = diags_in(arena);
    bool text = utf8_valid(str_make((const char *)data, size)) == size;
    Str input = str_make((const char *)data, size), line;
    JournalContent *content = NULL;
    if (journal_parse(arena, "fuzz", input, &content, &diags) && content) write_again(arena, content, text, &diags);
    JournalContent made = {0};
    vec_add(arena, &made.heads);
    while (input.n && str_next(&input, '\n', &line)) {
        JournalRecord record;
        JournalHead head;
        if (line.n < 1) continue;
        Str payload = str_slice(line, 1, line.n);
        if (journal_decode_head(arena, payload, &head)) made.heads.at[0] = head;
        if (journal_decode(arena, (JournalKind)(line.p[0] - '0'), payload, &record))
            vec_push(arena, &made.records, record);
    }
    write_again(arena, &made, text, &diags);
    arena_free(arena);
    process_free(process);
    return 0;
}
