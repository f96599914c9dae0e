// Changes as people read them: the tree of delta.h as lines.
//
// A drawn delta starts in the middle of a line (after "name = ") and ends without a newline; further lines are indented
// by four columns a level, with the symbol of what happens in front. Sensitive values are never drawn, but for
// show_sensitive.
#ifndef INFRA_REPORT_DRAW_H
#define INFRA_REPORT_DRAW_H

#include "engine/report/delta.h"
#include "engine/report/report.h"

typedef struct Drawing {
    Out *out;
    Arena *arena; // scratch, reset by whoever draws
    const ReportOptions *options;
} Drawing;

typedef struct DrawStyle {
    bool no_symbols;     // no + - ~ in front, and no room for them
    bool show_unchanged; // nothing is hidden because it stays
    bool no_null;        // what goes is not followed by -> null
    bool replace;        // whatever it is, it forces a replacement
} DrawStyle;

void draw_delta(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style);
// What must be said before the line of a delta: that it becomes, or is no longer, sensitive. Whole lines.
void draw_warnings(const Drawing *d, const Delta *delta, uint32_t indent);
// Three columns: "  +", "-/+", "   ".
void draw_symbol(Out *out, Action action);

// For the sources of this folder.
typedef enum Color {
    COLOR_BOLD = 1,
    COLOR_RED = 31,
    COLOR_GREEN = 32,
    COLOR_YELLOW = 33,
    COLOR_CYAN = 36,
    COLOR_GRAY = 90
} Color;
void draw_color(Out *out, Color color);
void draw_plain(Out *out); // ends colours
void draw_colored(Out *out, Color color, const char *text);
void draw_indent(Out *out, uint32_t indent);
void draw_start(const Drawing *d, Action action, uint32_t indent, DrawStyle style); // of a line
void draw_null_suffix(const Drawing *d, const Delta *delta, DrawStyle style);
void draw_replace_suffix(const Drawing *d, bool replace, DrawStyle style);
void draw_text(const Drawing *d, const Delta *delta, uint32_t indent, DrawStyle style);
// The name of an attribute or block, quoted when it is no identifier.
void draw_name(Out *out, Str name);
void draw_quoted(Out *out, Str text);
uint32_t draw_name_width(Str name);
uint32_t draw_quoted_width(Str text);
bool draw_is_multiline(const Delta *delta);

#endif
