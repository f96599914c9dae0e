#include "engine/cli/diag_place.h"

#include "grammar/parse.h"

// Files are read once more when something is wrong in them: that is rare, and nobody else needs their trees.
static const AstBody *body_of(DiagPlaces *places, const SourceFile *file) {
    AstBody *body = NULL;
    Diags ignored = diags_in(places->arena);
    if (places->file == file) return places->body;
    parse_body(places->arena, file, &body, &ignored);
    places->file = file;
    places->body = body;
    return body;
}

void diag_place(DiagPlaces *places, Diag *diag) {
    const SourceFile *file = source_find(arena_process(places->arena), diag->subject);
    const AstBody *body = file ? body_of(places, file) : NULL;
    for (uint32_t i = 0; body && i < body->blocks.n; i++) {
        const AstBlock *block = &body->blocks.at[i];
        uint32_t start = block->header_span.at + block->header_span.n, end = block->span.at + block->span.n;
        if (diag->subject.at < start || diag->subject.at >= end) continue;
        diag->context = block->header_span;
        return;
    }
    if (body) diag->context = SPAN_NONE;
}
