// Expressions as plan JSON has them: {"constant_value": …} or {"references": […]}.
#ifndef INFRA_REPORT_EXPRESSION_JSON_H
#define INFRA_REPORT_EXPRESSION_JSON_H

#include "engine/report/json_out.h"

typedef struct ExpressionWriter {
    JsonWriter *w;
    Arena *arena; // scratch, reset by whoever writes
    Process *process;
    const ModuleDef *def; // what references are bound in
} ExpressionWriter;

// Whether it is a constant or has references, so that there is something to write.
bool expression_says(const ExpressionWriter *e, const Code *code);
void expression_write(const ExpressionWriter *e, const Code *code);
// What a body says: an object by attribute and block type. Left out altogether under `name` when it says nothing.
void expression_body_write(const ExpressionWriter *e, const char *name, const BodyCode *body);
// "aws_vpc.a", "module.b": what depends_on names.
void expression_slot_write(const ExpressionWriter *e, uint32_t slot);
// A reference as far as its steps are constant: "aws_vpc.a[0].id".
void expression_ref_text(const ModuleDef *def, const Ref *ref, Buf *out);

#endif
