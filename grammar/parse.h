// Bytes to syntax trees.
//
// Every function gives a tree even after errors (see ast.h); false says that errors were added. Inputs are bounded by
// LIMIT_SOURCE_BYTES and LIMIT_SYNTAX_DEPTH. Bytes must be UTF-8; a BOM is skipped, CRLF is a newline.
// Facts: the HCL native syntax specification.
#ifndef INFRA_GRAMMAR_PARSE_H
#define INFRA_GRAMMAR_PARSE_H

#include "grammar/ast.h"

// A whole file.
bool parse_body(Arena *arena, const SourceFile *file, AstBody **out, Diags *diags);
// One expression and nothing else (console, -var values, ignore_changes written as strings).
bool parse_expr(Arena *arena, const SourceFile *file, Expr **out, Diags *diags);
// A part of a file, for expressions inside another syntax; `part` lies within the file.
bool parse_expr_in(Arena *arena, const SourceFile *file, Span part, Expr **out, Diags *diags);
// A template without quotes around it (templatefile): EXPR_STRING or EXPR_TEMPLATE.
bool parse_template(Arena *arena, const SourceFile *file, Expr **out, Diags *diags);

#endif
