// The native syntax. Facts: the HCL native syntax specification.
//
// Every action is one ast_* call (ast_make.h). What decides whether a line break is a token, and what is said about an
// error, is tracker.c; parse.c feeds the tokens. There is no error symbol: after an error the driver takes the stack
// down to where RECOVER fits (grammar_recover) and skips to the end of the body item.
%name Grammar
%token_prefix GRAMMAR_
%token_type {Token}
%default_type {Expr *}
%extra_context {Build *build}
%stack_size {GRAMMAR_STACK + 8}

%include {
#include "grammar/ast_make.h"
#include "grammar/machine.h"
// The driver recovers, not the machine.
#define YYNOERRORRECOVERY 1
}
%syntax_error { build->unexpected = true; (void)yymajor; (void)TOKEN; }
%stack_overflow { build->overflow = true; }

%token NEWLINE COMMENT IDENT FOR IN IF ELSE ENDIF ENDFOR NUMBER.
%token QUOTE_OPEN QUOTE_CLOSE HEREDOC_OPEN HEREDOC_CLOSE TEXT QUOTED_TEXT INTERPOLATION_OPEN DIRECTIVE_OPEN
    SEQUENCE_CLOSE.
%token LBRACE RBRACE LBRACKET RBRACKET LPAREN RPAREN.
%token DOT COMMA COLON DOUBLE_COLON ELLIPSIS QUESTION ASSIGN FAT_ARROW.
%token OR AND EQUAL NOT_EQUAL LESS LESS_EQUAL GREATER GREATER_EQUAL PLUS MINUS STAR SLASH PERCENT NOT.
%token INVALID BAD_UTF8 BROKEN_COMMENT QUOTED_NEWLINE QUOTE_BROKEN TOO_DEEP.
%token START_BODY START_EXPR START_TEMPLATE RECOVER.

// Keywords are names wherever the grammar has no use for them.
%fallback IDENT FOR IN IF ELSE ENDIF ENDFOR.

%right QUESTION COLON.
%left OR.
%left AND.
%left EQUAL NOT_EQUAL.
%left LESS LESS_EQUAL GREATER GREATER_EQUAL.
%left PLUS MINUS.
%left STAR SLASH PERCENT.
%right NOT.

%type body {BodyMark}
%type one_line {AstAttr}
%type attribute {AstAttr}
%type block {AstBlock}
%type header {AstBlock}
%type label_text {Str}
%type object_items {Mark}
%type object_item {ObjectItem}
%type list {Mark}
%type arguments {Mark}
%type for_names {ForExpr *}
%type for_intro {ForExpr *}
%type for_result {ForExpr *}
%type for_values {ForExpr *}
%type for_rest {ForExpr *}
%type parts {Mark}
%type if_open {Piece}
%type for_open {Piece}
%type path {Token}
%type separator {Token}

start ::= START_BODY body(B).         { ast_file(build, B); }
start ::= START_EXPR expr(E).         { ast_result(build, E); }
start ::= START_TEMPLATE parts(P).    { ast_template_file(build, P); }

// Bodies. The tokens end with a line break even where the file does not.
body(A) ::= .                                      { A = ast_body(build); }
body(A) ::= body(A) NEWLINE.
body(A) ::= body(A) attribute(B) NEWLINE.          { ast_body_attr(build, B); }
body(A) ::= body(A) block(B) NEWLINE.              { ast_body_block(build, B); }
body(A) ::= body(A) attribute(B) RECOVER NEWLINE.  { ast_body_attr(build, B); }
body(A) ::= body(A) block(B) RECOVER NEWLINE.      { ast_body_block(build, B); }
body(A) ::= body(A) RECOVER NEWLINE.

attribute(A) ::= IDENT(N) ASSIGN expr(E).          { A = ast_attr(build, N, E); }
attribute(A) ::= IDENT(N) ASSIGN RECOVER(R).       { A = ast_attr_broken(build, N, R); }

header(A) ::= IDENT(N).                            { A = ast_header(build, N); }
header(A) ::= header(H) IDENT(N).                  { A = ast_header_label(build, H, N, N.text, N); }
header(A) ::= header(H) QUOTE_OPEN(O) label_text(T) QUOTE_CLOSE(C).
                                                   { A = ast_header_label(build, H, O, T, C); }
label_text(A) ::= .                                { A = ast_label_start(build); }
label_text(A) ::= label_text(B) QUOTED_TEXT(T).           { A = ast_label_text(build, B, T); }

block(A) ::= header(H) LBRACE(O) NEWLINE body(B) RBRACE(C). { A = ast_block(build, H, O, B, C); }
block(A) ::= header(H) LBRACE(O) RBRACE(C).        { A = ast_block_empty(build, H, O, C); }
block(A) ::= header(H) LBRACE(O) one_line(L) RBRACE(C). { A = ast_block_line(build, H, O, L, C); }
one_line(A) ::= IDENT(N) ASSIGN expr(E).           { A = ast_attr(build, N, E); }

// Expressions.
expr(A) ::= term(A).
expr(A) ::= MINUS(T) expr(E). [NOT]                { A = ast_unary(build, OP_NEGATE, T, E); }
expr(A) ::= NOT(T) expr(E).                        { A = ast_unary(build, OP_NOT, T, E); }
expr(A) ::= expr(L) OR expr(R).                    { A = ast_binary(build, OP_OR, L, R); }
expr(A) ::= expr(L) AND expr(R).                   { A = ast_binary(build, OP_AND, L, R); }
expr(A) ::= expr(L) EQUAL expr(R).                 { A = ast_binary(build, OP_EQUAL, L, R); }
expr(A) ::= expr(L) NOT_EQUAL expr(R).             { A = ast_binary(build, OP_NOT_EQUAL, L, R); }
expr(A) ::= expr(L) LESS expr(R).                  { A = ast_binary(build, OP_LESS, L, R); }
expr(A) ::= expr(L) LESS_EQUAL expr(R).            { A = ast_binary(build, OP_LESS_EQUAL, L, R); }
expr(A) ::= expr(L) GREATER expr(R).               { A = ast_binary(build, OP_GREATER, L, R); }
expr(A) ::= expr(L) GREATER_EQUAL expr(R).         { A = ast_binary(build, OP_GREATER_EQUAL, L, R); }
expr(A) ::= expr(L) PLUS expr(R).                  { A = ast_binary(build, OP_ADD, L, R); }
expr(A) ::= expr(L) MINUS expr(R).                 { A = ast_binary(build, OP_SUBTRACT, L, R); }
expr(A) ::= expr(L) STAR expr(R).                  { A = ast_binary(build, OP_MULTIPLY, L, R); }
expr(A) ::= expr(L) SLASH expr(R).                 { A = ast_binary(build, OP_DIVIDE, L, R); }
expr(A) ::= expr(L) PERCENT expr(R).               { A = ast_binary(build, OP_MODULO, L, R); }
expr(A) ::= expr(C) QUESTION expr(Y) COLON expr(N). { A = ast_condition(build, C, Y, N); }

term(A) ::= IDENT(N).                              { A = ast_name(build, N); }
term(A) ::= NUMBER(N).                             { A = ast_number(build, N); }
term(A) ::= LPAREN(O) expr(E) RPAREN(C).           { A = ast_paren(build, O, E, C); }
term(A) ::= QUOTE_OPEN(O) parts(P) QUOTE_CLOSE(C). { A = ast_template(build, O, P, C); }
term(A) ::= HEREDOC_OPEN(O) parts(P) HEREDOC_CLOSE(C). { A = ast_template(build, O, P, C); }

term(A) ::= term(B) DOT IDENT(N).                  { A = ast_step_attr(build, B, N); }
term(A) ::= term(B) DOT NUMBER(N).                 { A = ast_step_legacy(build, B, N); }
term(A) ::= term(B) DOT STAR(C).                   { A = ast_step_splat(build, B, true, C); }
term(A) ::= term(B) LBRACKET STAR RBRACKET(C).     { A = ast_step_splat(build, B, false, C); }
term(A) ::= term(B) LBRACKET expr(K) RBRACKET(C).  { A = ast_step_index(build, B, K, C); }

term(A) ::= IDENT(N) LPAREN arguments(L) RPAREN(C). { A = ast_call(build, N, L, false, C); }
term(A) ::= IDENT(N) LPAREN list(L) ELLIPSIS RPAREN(C). { A = ast_call(build, N, L, true, C); }
term(A) ::= path(N) LPAREN arguments(L) RPAREN(C). { A = ast_call(build, N, L, false, C); }
term(A) ::= path(N) LPAREN list(L) ELLIPSIS RPAREN(C). { A = ast_call(build, N, L, true, C); }
path(A) ::= IDENT(N) DOUBLE_COLON IDENT(M).        { A = ast_path(build, N, M); }
path(A) ::= path(N) DOUBLE_COLON IDENT(M).         { A = ast_path(build, N, M); }

term(A) ::= LBRACKET(O) arguments(L) RBRACKET(C).  { A = ast_tuple(build, O, L, C); }
arguments(A) ::= .                                 { A = ast_list(build); }
arguments(A) ::= list(A).
arguments(A) ::= list(A) COMMA.
list(A) ::= expr(E).                               { A = ast_list_one(build, E); }
list(A) ::= list(L) COMMA expr(E).                 { A = ast_list_add(build, L, E); }

term(A) ::= LBRACE(O) newlines RBRACE(C).          { A = ast_object_empty(build, O, C); }
term(A) ::= LBRACE(O) newlines object_items(I) RBRACE(C). { A = ast_object(build, O, I, C); }
term(A) ::= LBRACE(O) newlines object_items(I) separator RBRACE(C). { A = ast_object(build, O, I, C); }
object_items(A) ::= object_item(I).                { A = ast_items_one(build, I); }
object_items(A) ::= object_items(L) separator object_item(I). { A = ast_items_add(build, L, I); }
object_item(A) ::= expr(K) ASSIGN expr(V).         { A = ast_item(build, K, V); }
object_item(A) ::= expr(K) COLON expr(V).          { A = ast_item(build, K, V); }
separator ::= COMMA newlines.
separator ::= NEWLINE newlines.
newlines ::= .
newlines ::= newlines NEWLINE.

// The tracker drops line breaks after "for".
term(A) ::= LBRACKET(O) for_rest(F) RBRACKET(C).   { A = ast_for(build, O, F, C); }
term(A) ::= LBRACE(O) newlines for_rest(F) RBRACE(C). { A = ast_for(build, O, F, C); }
for_names(A) ::= IDENT(V).                         { A = ast_for_names(build, V, V); }
for_names(A) ::= IDENT(K) COMMA IDENT(V).          { A = ast_for_names(build, K, V); }
for_intro(A) ::= FOR for_names(F) IN expr(E) COLON. { A = ast_for_collection(build, F, E); }
for_result(A) ::= for_intro(F) expr(V).            { A = ast_for_value(build, F, V); }
for_result(A) ::= for_intro(F) expr(K) FAT_ARROW expr(V). { A = ast_for_pair(build, F, K, V); }
for_values(A) ::= for_result(A).
for_values(A) ::= for_result(F) ELLIPSIS(E).       { A = ast_for_group(build, F, E); }
for_rest(A) ::= for_values(A).
for_rest(A) ::= for_values(F) IF expr(C).          { A = ast_for_condition(build, F, C); }

// Templates.
parts(A) ::= .                                     { A = ast_parts(build); }
parts(A) ::= parts(A) TEXT(T).                     { ast_part_text(build, A, T); }
parts(A) ::= parts(A) QUOTED_TEXT(T).              { ast_part_text(build, A, T); }
parts(A) ::= parts(A) INTERPOLATION_OPEN(O) expr(E) SEQUENCE_CLOSE(C).
                                                   { ast_part_expr(build, A, O, E, C); }
parts(A) ::= parts(A) if_open(I) parts(Y) endif(C). { ast_part_if(build, A, I, Y, C); }
parts(A) ::= parts(A) if_open(I) parts(Y) else(M) parts(N) endif(C).
                                                   { ast_part_if_else(build, A, I, Y, M, N, C); }
parts(A) ::= parts(A) for_open(F) parts(B) endfor(C). { ast_part_for(build, A, F, B, C); }
%type else {Sequence}
%type endif {Sequence}
%type endfor {Sequence}
if_open(A) ::= DIRECTIVE_OPEN(O) IF expr(E) SEQUENCE_CLOSE(C). { A = ast_if_open(build, O, E, C); }
for_open(A) ::= DIRECTIVE_OPEN(O) FOR for_names(F) IN expr(E) SEQUENCE_CLOSE(C).
                                                   { A = ast_for_open(build, O, F, E, C); }
else(A) ::= DIRECTIVE_OPEN(O) ELSE SEQUENCE_CLOSE(C).     { A = ast_sequence(build, O, C); }
endif(A) ::= DIRECTIVE_OPEN(O) ENDIF SEQUENCE_CLOSE(C).   { A = ast_sequence(build, O, C); }
endfor(A) ::= DIRECTIVE_OPEN(O) ENDFOR SEQUENCE_CLOSE(C). { A = ast_sequence(build, O, C); }

%code {
// Takes symbols off the stack until RECOVER can be shifted. False when it never can.
bool grammar_recover(void *machine) {
    yyParser *parser = machine;
    while (parser->yytos > parser->yystack) {
        if (yy_find_shift_action(GRAMMAR_RECOVER, parser->yytos->stateno) <= YY_MAX_SHIFTREDUCE) return true;
        parser->yytos--;
    }
    return false;
}

size_t grammar_depth(const void *machine) {
    const yyParser *parser = machine;
    return (size_t)(parser->yytos - parser->yystack);
}
}
