// Syntax trees and their diagnostics as text, for comparing.
#ifndef INFRA_HARNESS_SYNTAX_PRINT_H
#define INFRA_HARNESS_SYNTAX_PRINT_H

#include "grammar/parse.h"

// (op left right), (. operand name), ([] operand key) …; strings in quotes with their escapes.
void syntax_print_expr(const Expr *expr, Buf *out);
// One line an attribute, in source order with blocks.
void syntax_print_body(const AstBody *body, uint32_t indent, Buf *out);
// "error LINE:COLUMN-LINE:COLUMN code: Summary", the text under the span, the detail.
void syntax_print_diags(Process *process, const Diags *diags, Buf *out);

#endif
