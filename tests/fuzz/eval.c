// Any text as an expression: evaluating gives the same value twice or errors, which never show what is sensitive.
#include <stdlib.h>

#include "tests/harness/eval_scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES = 2000, MOST_LOOPS = 3 };

static void check(bool ok) {
    if (!ok) abort();
}

static uint32_t count(Str text, const char *word) {
    uint32_t n = 0;
    for (ptrdiff_t at; (at = str_find(text, str_of(word))) >= 0; text = str_slice(text, (size_t)at + 1, text.n)) n++;
    return n;
}

// What takes long by intent, or gives another result each time.
static bool is_tame(Str text) {
    static const char *const words[] = {"bcrypt", "uuid", "file", "path", "setproduct", "rsadecrypt"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (count(text, words[i])) return false;
    }
    return text.n <= INPUT_BYTES && count(text, "for") + count(text, "[*]") + count(text, ".*") <= MOST_LOOPS;
}

static bool hides(Str text) { return str_find(text, STR("hunter2")) < 0; }

static void check_diags(const Diags *diags) {
    for (uint32_t i = 0; i < diags->list.n; i++) {
        const Diag *d = &diags->list.at[i];
        check(hides(d->detail));
        for (uint32_t k = 0; k < d->values.n; k++) check(hides(d->values.at[k].statement));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str text = {(const char *)data, size};
    if (!is_tame(text)) return 0;
    Process *process = process_new();
    type_init(process);
    marks_init(process);
    Arena *arena = arena_new(process, LIFE_OP, "fuzz");
    TestScope *t = test_scope(process, arena);
    Diags diags = diags_in(arena), again = diags_in(arena);
    Value first, second;
    bool known = test_eval(t, text, &first, &diags);
    check(known == test_eval(t, text, &second, &again));
    if (known) {
        check(value_identical(first, second));
        Buf out = buf_in(arena);
        render_value(process, first, 0, &out);
        check(value_has_type(first, value_type(process, first)));
    } else {
        check(diags_failed(&diags));
    }
    if (hides(text) && count(text, "nonsensitive") == 0) check_diags(&diags);
    arena_free(arena);
    process_free(process);
    return 0;
}
