// What a compiled body says, piece by piece, as it was written.
#include "engine/schema/body_code.h"

#include <stdlib.h>

static int part_cmp(const void *pa, const void *pb) {
    const BodyPart *a = pa, *b = pb;
    int c = str_cmp(name_str(a->name), name_str(b->name));
    return c ? c : a->index < b->index ? -1 : a->index > b->index;
}

uint32_t decode_parts(Arena *arena, const BodyCode *code, const BodyPart **out) {
    uint32_t n = 0, count = 0;
    for (uint32_t i = 0; i < code->n; i++) n += code->fields[i].code ? 1 : code->fields[i].item_count;
    BodyPart *parts = ARENA_ARRAY(arena, BodyPart, n + 1);
    for (uint32_t i = 0; i < code->n; i++) {
        const FieldCode *f = &code->fields[i];
        if (f->code) parts[count++] = (BodyPart){.name = f->name, .code = f->code};
        for (uint32_t k = 0; !f->code && k < f->item_count; k++)
            parts[count++] = (BodyPart){.name = f->name,
                                        .index = k,
                                        .block = f->items[k].body,
                                        .label = f->items[k].label,
                                        .nesting = f->nesting,
                                        .dynamic = f->items[k].for_each != NULL};
    }
    if (count > 1) qsort(parts, count, sizeof *parts, part_cmp);
    *out = parts;
    return count;
}
