#include "grammar/explain.h"

#include "engine/base/limits.h"

typedef struct Explain {
    Diags *diags;
    const Tracker *tracker;
    const Frame *top;
    Token token;
} Explain;

static const char *token_name(TokenKind kind) {
    static const char *const names[] = {
#define TOKEN(name, text) text,
#include "grammar/tokens.def"
#undef TOKEN
    };
    return names[kind];
}

// A line break is shown as the place before it.
static Span token_span(Token token) {
    return token.kind == TOKEN_NEWLINE || token.kind == TOKEN_QUOTE_BROKEN ? (Span){token.span.at, 0} : token.span;
}

static bool is_word(TokenKind kind) { return kind >= TOKEN_IDENT && kind <= TOKEN_ENDFOR; }

static void say_at(const Explain *x, Span subject, const char *code, const char *summary, const char *format,
                   va_list args) {
    Buf detail = {0};
    buf_vformat(&detail, format, args);
    diag_add(x->diags, SEV_ERROR, code, subject, str_of(summary), buf_str(&detail));
    buf_free(&detail);
}

// Reports at the token.
__attribute__((format(printf, 4, 5))) static void say(const Explain *x, const char *code, const char *summary,
                                                      const char *format, ...) {
    va_list args;
    va_start(args, format);
    say_at(x, token_span(x->token), code, summary, format, args);
    va_end(args);
}

// Reports at what was opened and never closed.
__attribute__((format(printf, 5, 6))) static void say_open(const Explain *x, Span open, const char *code,
                                                           const char *summary, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say_at(x, open, code, summary, format, args);
    va_end(args);
}

// Tokens that fit nowhere.

static void explain_character(const Explain *x) {
    static const char bits[] = "There are no operators on bits.";
    static const char curly[] = "This is a typographic quote. Use straight double quotes (\").";
    static const struct {
        const char *text, *detail, *more;
    } known[] = {
        {"'", "Single quotes do not quote here.", " Put strings in double quotes (\")."},
        {"`", "Backquotes do not quote here.",
         " Put strings in double quotes (\"), or use a heredoc (<<EOT) for several lines."},
        {";", "Nothing ends with a semicolon.",
         " Put each argument and block on a line of its own, and commas between the items of a list."},
        {"&", bits, " For a logical AND write \"&&\"."},
        {"|", bits, " For a logical OR write \"||\"."},
        {"^", bits, " For a power use the function pow."},
        {"~", bits, " For a logical NOT write \"!\"."},
        {"\xE2\x80\x9C", curly, ""},
        {"\xE2\x80\x9D", curly, ""},
        {"\xE2\x80\x98", curly, ""},
        {"\xE2\x80\x99", curly, ""},
        {"\xC2\xA0", "This is a space that does not break lines (U+00A0), not an ordinary one.",
         " It often comes with copied text."},
        {"\r", "This carriage return is not followed by a line feed, so it ends no line.", ""},
        {"$", "A \"$\" has a meaning only inside quotes and heredocs.", " Write references without it: var.name."},
    };
    const char *detail = "The language does not use this character outside of quotes.", *more = "";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eqz(x->token.text, known[i].text)) detail = known[i].detail, more = known[i].more;
    if (detail == bits)
        say(x, "unsupported_operator", "Unsupported operator", "%s%s", detail, more);
    else
        say(x, "invalid_character", "Invalid character", "%s%s", detail, more);
}

// A string that stops at the end of its line; shown from its quote on.
static void explain_broken_quote(const Explain *x) {
    const Frame *quoted = x->top;
    while (quoted->nest != NEST_QUOTED && quoted > x->tracker->frames.at) quoted--;
    Span span = span_join(quoted->open.span, token_span(x->token));
    say_open(x, span, "unclosed_string", "Missing closing quote",
             "This string has no closing quote on its line. To put a line break into a string write \\n, or use a "
             "heredoc (<<EOT).");
}

static bool explain_invalid(const Explain *x) {
    switch (x->token.kind) {
    case TOKEN_INVALID: explain_character(x); return true;
    case TOKEN_BAD_UTF8:
        say(x, "invalid_encoding", "Invalid character encoding",
            "Here is a byte that is not UTF-8. Save the file in this encoding.");
        return true;
    case TOKEN_BROKEN_COMMENT:
        say_open(x, (Span){x->token.span.at, 2}, "unclosed_comment", "Unclosed comment",
                 "This comment has no \"*/\" before the end of the file.");
        return true;
    case TOKEN_QUOTED_NEWLINE:
        say(x, "multi_line_string", "Invalid multi-line string",
            "A quoted string cannot go over several lines. Write \\n for a line break, or use a heredoc (<<EOT).");
        return true;
    case TOKEN_QUOTE_BROKEN: explain_broken_quote(x); return true;
    case TOKEN_TOO_DEEP: explain_depth(x->diags, x->token); return true;
    default: return false;
    }
}

// Where a value was expected.

// Two tokens side by side that are one operator in other languages.
static bool explain_operator(const Explain *x) {
    Token last = x->tracker->last, token = x->token;
    if (last.span.at + last.span.n != token.span.at) return false;
    static const struct {
        TokenKind last, token;
        const char *text, *instead;
    } known[] = {
        {TOKEN_EQUAL, TOKEN_ASSIGN, "===", "To compare two values write \"==\"; it also compares their types."},
        {TOKEN_NOT_EQUAL, TOKEN_ASSIGN, "!==", "To compare two values write \"!=\"; it also compares their types."},
        {TOKEN_LESS, TOKEN_GREATER, "<>", "For values that differ write \"!=\"."},
        {TOKEN_STAR, TOKEN_STAR, "**", "For a power use the function pow."},
        {TOKEN_QUESTION, TOKEN_QUESTION, "??", "For a value in place of null use the function coalesce."},
        {TOKEN_QUESTION, TOKEN_DOT, "?.", "For a value that may be absent use the function try."},
        {TOKEN_GREATER, TOKEN_GREATER, ">>", "There are no operators on bits."},
        {TOKEN_PLUS, TOKEN_PLUS, "++", "Values do not change; write an expression for the new value."},
        {TOKEN_PLUS, TOKEN_ASSIGN, "+=", "Values do not change; write an expression for the new value."},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].last != last.kind || known[i].token != token.kind) continue;
        say(x, "unsupported_operator", "Unsupported operator", "There is no operator \"%s\". %s", known[i].text,
            known[i].instead);
        return true;
    }
    if (last.kind != TOKEN_LESS || token.kind != TOKEN_LESS) return false;
    say(x, "invalid_heredoc", "Invalid heredoc",
        "A heredoc starts with \"<<\" or \"<<-\" and a name directly behind it, without quotes, and nothing else on "
        "the line: <<EOT");
    return true;
}

static void explain_operand(const Explain *x) {
    TokenKind last = x->tracker->last.kind, kind = x->token.kind;
    if (last == TOKEN_DOT) {
        say(x, "invalid_attribute_name", "Invalid attribute name",
            "A dot must be followed by the name of an attribute.");
    } else if (last == TOKEN_DOUBLE_COLON) {
        say(x, "missing_function_name", "Missing function name",
            "A \"::\" must be followed by the name of a function, like provider::aws::arn_parse(…).");
    } else if (explain_operator(x)) {
        return;
    } else if (kind == TOKEN_NEWLINE || kind == TOKEN_END) {
        say(x, "missing_expression", "Missing expression",
            "A value is missing after %s. An expression ends with its line, unless it is inside brackets or "
            "parentheses.",
            token_name(last));
    } else if (last == TOKEN_INTERPOLATION_OPEN && kind == TOKEN_SEQUENCE_CLOSE) {
        say(x, "missing_expression", "Missing expression",
            "There is nothing between \"${\" and \"}\". To write these characters as such, double the first: \"$${\".");
    } else {
        say(x, "invalid_expression", "Invalid expression", "A value is expected here, after %s, but this is %s.",
            last >= TOKEN_START_BODY ? "the start" : token_name(last), token_name(kind));
    }
}

// Where a value was complete.

// Words that are operators in other languages, and conditions without their other half.
static bool explain_after_value(const Explain *x) {
    TokenKind kind = x->token.kind;
    Str text = x->token.text;
    const char *instead = str_eqz(text, "and") || str_eqz(text, "AND") ? "&&"
                          : str_eqz(text, "or") || str_eqz(text, "OR") ? "||"
                          : str_eqz(text, "is")                        ? "=="
                                                                       : NULL;
    if (is_word(kind) && instead) {
        say(x, "unsupported_operator", "Unsupported operator", "There is no operator \"%.*s\". Write \"%s\".",
            STR_ARG(text), instead);
        return true;
    }
    bool stops = kind == TOKEN_NEWLINE || kind == TOKEN_END || kind == TOKEN_COMMA || kind == TOKEN_RBRACE ||
                 kind == TOKEN_RBRACKET || kind == TOKEN_RPAREN || kind == TOKEN_SEQUENCE_CLOSE;
    if (stops && x->top->questions > 0) {
        say(x, "missing_false_expression", "Missing false expression in conditional",
            "A condition needs both results: CONDITION ? WHEN-TRUE : WHEN-FALSE.%s",
            kind == TOKEN_NEWLINE ? " To go on with the next line, put it in parentheses." : "");
        return true;
    }
    if (x->tracker->path) {
        say(x, "missing_paren", "Missing opening parenthesis",
            "A name with \"::\" in it is a function's, and its arguments must follow in parentheses.");
        return true;
    }
    return false;
}

// Bodies.

static void explain_unclosed_block(const Explain *x) {
    const char *summary = "Unclosed configuration block", *code = "unclosed_block";
    Span suspect = x->tracker->suspect;
    if (span_known(suspect))
        say_open(x, suspect, code, summary,
                 "The closing braces up to the end of the file are one too few. By the indentation it is this block "
                 "whose brace is missing.");
    else
        say_open(
            x, x->top->open.span, code, summary,
            "This block has no closing brace before the end of the file. A brace may be missing here or in a block "
            "inside it.");
}

static void explain_item_start(const Explain *x) {
    switch (x->token.kind) {
    case TOKEN_QUOTE_OPEN:
        say(x, "invalid_argument_name", "Invalid argument name",
            "Names of arguments and types of blocks are written without quotes here.");
        return;
    case TOKEN_RBRACE:
        say(x, "unexpected_brace", "Unexpected closing brace", "No block is open that this brace could close.");
        return;
    case TOKEN_LBRACE:
        say(x, "item_required", "Argument or block definition required",
            "A block starts with its type and labels, and its \"{\" stands on the same line.");
        return;
    case TOKEN_END: explain_unclosed_block(x); return;
    default:
        say(x, "item_required", "Argument or block definition required",
            "The name of an argument or the type of a block is expected here, but this is %s.",
            token_name(x->token.kind));
        return;
    }
}

static void explain_item_name(const Explain *x) {
    Str name = x->top->item.text;
    switch (x->token.kind) {
    case TOKEN_DOT:
    case TOKEN_LBRACKET:
        say(x, "invalid_argument_name", "Invalid argument name",
            "An argument is set as a whole: neither dots nor indexes can follow its name. To set a part of it, put the "
            "part into its value.");
        return;
    case TOKEN_COLON:
        say(x, "item_required", "Argument or block definition required",
            "An argument is set with an equals sign: %.*s = …", STR_ARG(name));
        return;
    default:
        say(x, "item_required", "Argument or block definition required",
            "To set the argument \"%.*s\", write an equals sign and its value; to open a block of this type, write its "
            "labels and \"{\".",
            STR_ARG(name));
        return;
    }
}

static void explain_header(const Explain *x) {
    switch (x->token.kind) {
    case TOKEN_ASSIGN:
        say(x, "invalid_block", "Invalid block definition",
            "An equals sign sets an argument, which has no labels; a block has no equals sign before its \"{\".");
        return;
    case TOKEN_NEWLINE:
    case TOKEN_END:
        say(x, "invalid_block", "Invalid block definition",
            "The \"{\" of a block must stand on the same line as its type and labels.");
        return;
    default:
        say(x, "invalid_block", "Invalid block definition",
            "A label in quotes or \"{\" is expected here, but this is %s.", token_name(x->token.kind));
        return;
    }
}

static void explain_value_end(const Explain *x) {
    switch (x->token.kind) {
    case TOKEN_COMMA:
        say(x, "unexpected_comma", "Unexpected comma after argument",
            "Arguments are separated by line breaks, not commas. Remove the comma and put each argument on a line of "
            "its own.");
        return;
    case TOKEN_RBRACE:
        if (x->top->nest == NEST_FILE) {
            explain_item_start(x);
            return;
        }
        say(x, "missing_newline", "Missing newline after argument",
            "The closing brace of a block of several lines must stand on a line of its own.");
        return;
    default:
        say(x, "missing_newline", "Missing newline after argument",
            "The value ends before this, and an argument must be followed by a line break. Put what follows on the "
            "next "
            "line, or connect it to the value with an operator.");
        return;
    }
}

static void explain_body(const Explain *x) {
    switch ((Phase)x->top->phase) {
    case PHASE_START: explain_item_start(x); return;
    case PHASE_NAME: explain_item_name(x); return;
    case PHASE_HEADER: explain_header(x); return;
    case PHASE_DONE:
        say(x, "missing_newline", "Missing newline after block definition",
            "A block must be followed by a line break after its closing brace.");
        return;
    default: break;
    }
    if (!x->tracker->operand)
        explain_operand(x);
    else if (!explain_after_value(x))
        explain_value_end(x);
}

static void explain_line(const Explain *x) {
    const char *summary = "Invalid single-argument block definition", *code = "invalid_line_block";
    TokenKind kind = x->token.kind;
    if (kind == TOKEN_END) {
        explain_item_start(x);
    } else if (x->top->phase == PHASE_VALUE && !x->tracker->operand) {
        explain_operand(x);
    } else if (x->top->phase == PHASE_VALUE && explain_after_value(x)) {
        return;
    } else if (x->top->phase == PHASE_VALUE && kind == TOKEN_NEWLINE) {
        say(x, code, summary,
            "A block whose argument stands on the line of its \"{\" must be closed on that line. Put \"}\" behind the "
            "argument, or the argument on the next line.");
    } else if (x->top->phase == PHASE_NAME && (kind == TOKEN_LBRACE || kind == TOKEN_QUOTE_OPEN || is_word(kind))) {
        say(x, code, summary,
            "A block on one line can hold one argument and no block. Put the inner block on a line of its own.");
    } else if (x->top->phase == PHASE_VALUE) {
        say(x, code, summary, "A block on one line can hold one argument. For several put each on a line of its own.");
    } else {
        explain_body(x);
    }
}

// Brackets.

static void explain_unclosed(const Explain *x, const char *what, const char *closer) {
    say_open(x, x->top->open.span, "unclosed_bracket", what,
             "There is no \"%s\" for this before the end of the file. It may be missing here or further inside.",
             closer);
}

static void explain_items(const Explain *x) {
    TokenKind kind = x->token.kind;
    switch ((Nest)x->top->nest) {
    case NEST_TUPLE:
        if (kind == TOKEN_END)
            explain_unclosed(x, "Unclosed list", "]");
        else if (kind == TOKEN_ASSIGN || kind == TOKEN_COLON || kind == TOKEN_FAT_ARROW)
            say(x, "invalid_list", "Invalid list item",
                "The items of a list have no keys. For keys and values use braces: {KEY = VALUE}.");
        else
            say(x, "missing_separator", "Missing item separator",
                "A comma must stand between the items of a list, at the end of each line too.");
        return;
    case NEST_CALL:
        if (kind == TOKEN_END)
            explain_unclosed(x, "Unclosed function call", ")");
        else if (x->tracker->last.kind == TOKEN_ELLIPSIS)
            say(x, "missing_paren", "Missing closing parenthesis",
                "Only the last argument can be followed by \"...\", and \")\" must come directly after it.");
        else if (kind == TOKEN_ASSIGN)
            say(x, "missing_separator", "Missing argument separator",
                "The arguments of a function have no names; they are given in order.");
        else
            say(x, "missing_separator", "Missing argument separator",
                "A comma must stand between the arguments of a function, and \")\" after the last one.");
        return;
    case NEST_PAREN:
        if (kind == TOKEN_END)
            explain_unclosed(x, "Unclosed parenthesis", ")");
        else
            say(x, "missing_paren", "Unbalanced parentheses",
                "A \")\" is expected after this expression, or an operator to go on with it.");
        return;
    default:
        if (kind == TOKEN_END)
            explain_unclosed(x, "Unclosed index", "]");
        else
            say(x, "missing_bracket", "Missing close bracket on index",
                "A \"]\" is expected after this index, or an operator to go on with it.");
        return;
    }
}

static void explain_object(const Explain *x) {
    TokenKind kind = x->token.kind;
    if (kind == TOKEN_END) {
        explain_unclosed(x, "Unclosed object", "}");
    } else if (x->top->phase == PHASE_VALUE) {
        say(x, "missing_separator", "Missing attribute separator",
            "A line break or a comma must stand between the items of an object.");
    } else if (kind == TOKEN_NEWLINE || kind == TOKEN_COMMA || kind == TOKEN_RBRACE) {
        say(x, "missing_attribute_value", "Missing attribute value",
            "This key has no value. Write an equals sign and a value after it: KEY = VALUE.");
    } else if (kind == TOKEN_LBRACE || kind == TOKEN_QUOTE_OPEN) {
        say(x, "missing_separator", "Missing key/value separator",
            "An equals sign must stand between key and value. There are no blocks inside an object; nested objects are "
            "values too: KEY = { … }.");
    } else {
        say(x, "missing_separator", "Missing key/value separator",
            "An equals sign must stand between key and value. A key with spaces, dots or a leading digit is written in "
            "quotes.");
    }
}

static void explain_for(const Explain *x) {
    const char *summary = "Invalid for-expression", *code = "invalid_for";
    TokenKind last = x->tracker->last.kind;
    if (x->token.kind == TOKEN_END) {
        explain_unclosed(x, "Unclosed for-expression", x->top->open.kind == TOKEN_LBRACE ? "}" : "]");
        return;
    }
    switch ((Phase)x->top->phase) {
    case PHASE_START:
        if (last == TOKEN_FOR || last == TOKEN_COMMA)
            say(x, code, summary,
                "A name for the element is expected after \"for\": for NAME in …, or for KEY, NAME in …");
        else
            say(x, code, summary, "The word \"in\" is expected after the names: for NAME in COLLECTION.");
        return;
    case PHASE_FROM:
        say(x, code, summary, "A \":\" is expected after the collection: for NAME in COLLECTION : RESULT.");
        return;
    case PHASE_VALUE:
        if (x->token.kind == TOKEN_COMMA)
            say(x, code, summary, "A for-expression has one result and nothing after it.");
        else
            say(x, code, summary, "After the result only a condition (if …) and the closing %s can follow.",
                x->top->open.kind == TOKEN_LBRACE ? "brace" : "bracket");
        return;
    default:
        say(x, code, summary, "Only the closing %s can follow the condition.",
            x->top->open.kind == TOKEN_LBRACE ? "brace" : "bracket");
        return;
    }
}

// Templates.

static void explain_interpolation(const Explain *x) {
    TokenKind kind = x->token.kind;
    if (kind == TOKEN_END || kind == TOKEN_QUOTE_OPEN) {
        say_open(x, x->top->open.span, "unclosed_interpolation", "Unclosed template interpolation sequence",
                 "There is no \"}\" for this \"${\" before the end of the string. To write \"${\" as such, double the "
                 "first character: \"$${\".");
        return;
    }
    say(x, "extra_characters", "Extra characters after interpolation expression",
        "A \"}\" is expected after the expression. If this is meant for another language, such as a shell, write "
        "\"$${\" "
        "instead of \"${\".");
}

static const Frame *frame_below(const Explain *x) { return x->tracker->frames.n > 1 ? x->top - 1 : x->top; }

static void explain_directive(const Explain *x) {
    TokenKind kind = x->token.kind;
    const Frame *below = frame_below(x);
    if (!x->top->fresh) {
        if (kind == TOKEN_END || kind == TOKEN_QUOTE_OPEN) {
            say_open(x, x->top->open.span, "unclosed_directive", "Unclosed template directive",
                     "There is no \"}\" for this \"%%{\" before the end of the string.");
        } else if (x->top->item.kind == TOKEN_FOR && x->top->phase == PHASE_START) {
            say(x, "invalid_directive", "Invalid for directive",
                "A for directive is written %%{ for NAME in COLLECTION }, or %%{ for KEY, NAME in COLLECTION }.");
        } else {
            say(x, "extra_characters", "Extra characters in template directive",
                "A \"}\" is expected to end this directive.");
        }
    } else if (kind == TOKEN_ELSE && below->nest == NEST_IF) {
        say(x, "unexpected_directive", "Unexpected else directive", "This if directive has an else before.");
    } else if (kind == TOKEN_ELSE || kind == TOKEN_ENDIF || kind == TOKEN_ENDFOR) {
        const char *open = below->nest == NEST_IF ? "endif" : below->nest == NEST_LOOP ? "endfor" : NULL;
        if (open)
            say(x, "unexpected_directive", "Unexpected template directive",
                "The directive that is open here ends with \"%s\", and this is %s.", open, token_name(kind));
        else
            say(x, "unexpected_directive", "Unexpected template directive",
                "No directive is open that %s could belong to.", token_name(kind));
    } else {
        say(x, "invalid_directive", "Invalid template directive",
            "A directive starts with one of if, else, endif, for, endfor. To write \"%%{\" as such, double the first "
            "character: \"%%%%{\".");
    }
}

static void explain_template(const Explain *x) {
    const Frame *top = x->top;
    if (top->nest == NEST_IF || top->nest == NEST_LOOP) {
        say_open(x, top->open.span, "unclosed_directive", "Unclosed template directive",
                 "There is no %s for this directive before the end of the template.",
                 top->nest == NEST_IF ? "%{ endif }" : "%{ endfor }");
    } else if (x->token.kind == TOKEN_INTERPOLATION_OPEN || x->token.kind == TOKEN_DIRECTIVE_OPEN) {
        say(x, "invalid_label", "Invalid block label",
            "The labels of a block are fixed text; template sequences cannot be used in them.");
    } else if (top->nest == NEST_HEREDOC) {
        Str marker = str_trim(str_slice(top->open.text, top->open.text.p[2] == '-' ? 3 : 2, top->open.text.n));
        say_open(x, (Span){top->open.span.at, (uint32_t)str_trim(top->open.text).n}, "unclosed_heredoc",
                 "Unclosed heredoc",
                 "No line with \"%.*s\" and nothing else ends this heredoc. A line break must follow that line too.",
                 STR_ARG(marker));
    } else {
        say_open(x, top->open.span, "unclosed_string", "Missing closing quote",
                 "This string has no closing quote before the end of the file.");
    }
}

static void explain_in(const Explain *x) {
    Nest nest = (Nest)x->top->nest;
    if (nest == NEST_FILE || nest == NEST_BLOCK) {
        explain_body(x);
    } else if (nest == NEST_LINE) {
        explain_line(x);
    } else if (nest >= NEST_QUOTED && nest != NEST_INTERPOLATION && nest != NEST_DIRECTIVE) {
        explain_template(x);
    } else if (nest == NEST_DIRECTIVE &&
               (x->top->fresh || x->token.kind == TOKEN_END || x->top->phase == PHASE_START)) {
        // Before the first word, and between the names of a for directive, no value is expected.
        if (!x->top->fresh && x->top->item.kind == TOKEN_IF && !x->tracker->operand && x->token.kind != TOKEN_END)
            explain_operand(x);
        else
            explain_directive(x);
    } else if (nest == NEST_FOR && x->top->phase == PHASE_START) {
        explain_for(x);
    } else if (!x->tracker->operand && x->tracker->last.kind != TOKEN_ELLIPSIS && x->token.kind != TOKEN_END) {
        explain_operand(x);
    } else if (x->tracker->operand && explain_after_value(x)) {
        return;
    } else if (nest == NEST_INTERPOLATION) {
        explain_interpolation(x);
    } else if (nest == NEST_DIRECTIVE) {
        explain_directive(x);
    } else if (nest == NEST_FOR) {
        explain_for(x);
    } else if (nest == NEST_OBJECT) {
        explain_object(x);
    } else if (nest != NEST_EXPR) {
        explain_items(x);
    } else if (!x->tracker->operand) {
        explain_operand(x);
    } else {
        say(x, "extra_characters", "Extra characters after expression",
            "The expression ends before this. Remove what follows, or connect it with an operator.");
    }
}

void explain_token(Diags *diags, const Tracker *tracker, Token token) {
    Explain x = {diags, tracker, tracker_top(tracker), token};
    if (explain_invalid(&x)) return;
    TokenKind last = tracker->last.kind;
    if (last == TOKEN_DOT || last == TOKEN_DOUBLE_COLON)
        explain_operand(&x);
    else
        explain_in(&x);
}

void explain_depth(Diags *diags, Token token) {
    diag_error(diags, "nested_too_deeply", token.span, "Nested too deeply",
               "Blocks, brackets and templates can be nested up to %d deep here, and what follows is not read.",
               (int)LIMIT_SYNTAX_DEPTH);
}
