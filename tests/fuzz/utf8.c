// NFC is valid and stays as it is; clusters cover the text exactly.
#include "engine/base/utf8.h"
#include "engine/base/process.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok) {
    if (!ok) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Process *process = process_new();
    Str text = {(const char *)data, size};
    Str nfc = utf8_nfc(process->arena, text);
    check(utf8_valid(nfc) == nfc.n);
    check(str_eq(utf8_nfc(process->arena, nfc), nfc));
    size_t at = 0, clusters = 0;
    for (; at < text.n; clusters++) {
        size_t n = utf8_grapheme(str_slice(text, at, text.n));
        check(n > 0 && n <= text.n - at);
        at += n;
    }
    check(clusters == utf8_grapheme_count(text));
    check(utf8_width(text) <= 2 * clusters);
    process_free(process);
    return 0;
}
