#include "engine/eval/compile.h"

#include "engine/base/map.h"
#include "engine/base/utf8.h"
#include "engine/eval/compiler.h"

Code *compile_node(Compiler *c, NodeKind kind, Span span) {
    Code *code = ARENA_NEW(c->arena, Code);
    code->kind = (uint8_t)kind;
    code->span = span;
    return code;
}

Code *compile_constant(Compiler *c, Value v, Span span) {
    Code *code = compile_node(c, NODE_CONSTANT, span);
    code->value = v;
    return code;
}

void compile_child(Code *parent, const Code *child) {
    parent->uses |= child->uses;
    parent->free |= child->free;
    parent->failed |= child->failed;
    parent->has_frames |= child->has_frames;
    parent->random |= child->random;
    parent->stuck |= child->stuck;
    if (child->local_count > parent->local_count) parent->local_count = child->local_count;
}

// A node that needs nothing from any scope is its value, unless that fails: then the error belongs to evaluation,
// where try() may catch it.
static Code *fold(Compiler *c, Code *code) {
    Diags own = diags_in(c->arena);
    FuncContext funcs = {.process = c->process, .arena = c->arena, .functions = c->binder->functions};
    Scope scope = {.arena = c->arena, .funcs = &funcs};
    Value v = code_eval(code, &scope, &own);
    if (diags_failed(&own)) {
        code->stuck = true;
        return code;
    }
    return compile_constant(c, v, code->span);
}

Code *compile_finish(Compiler *c, Code *code) {
    code->uses &= (Uses)~USES_FRAME;
    if (code->free || code->has_frames) code->uses |= USES_FRAME;
    bool foldable = code->uses == 0 && !code->failed && !code->stuck && code->kind != NODE_CONSTANT;
    return foldable ? fold(c, code) : code;
}

bool compile_local(Compiler *c, Name name, Span span, uint32_t *index) {
    if (c->local_n == NODE_LOCALS) {
        return diag_error(c->diags, "expression_too_deep", span, "Expression nested too deeply",
                          "At most %u iterators can be in scope at once.", NODE_LOCALS);
    }
    *index = c->local_n;
    c->locals[c->local_n++] = name;
    return true;
}

static Code *failed_node(Compiler *c, Span span) {
    Code *code = compile_node(c, NODE_ERROR, span);
    code->failed = true;
    return code;
}

// Most numbers are short and whole: they need no arithmetic. text has at most 18 characters.
static bool small_number(Str text, int64_t *out) {
    *out = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return false;
        *out = *out * 10 + (text.p[i] - '0');
    }
    return text.n > 0;
}

static Code *compile_number(Compiler *c, const Expr *expr) {
    int64_t small;
    if (expr->text.n <= 18 && small_number(expr->text, &small))
        return compile_constant(c, value_int(small), expr->span);
    const Num *num = num_parse(c->arena, expr->text, NUM_PRECISION_TEXT);
    if (num) return compile_constant(c, value_num(c->arena, num), expr->span);
    diag_error(c->diags, "invalid_number", expr->span, "Invalid number literal",
               "%.*s is not a number that can be held.", STR_ARG(expr->text));
    return failed_node(c, expr->span);
}

// A left-leaning tree of operators becomes one node with links, taken apart without recursion.
static Code *compile_binary(Compiler *c, const Expr *expr) {
    uint32_t n = 0;
    const Expr *first = expr;
    for (; first->kind == EXPR_BINARY; first = first->operand) n++;
    BinaryLink *links = ARENA_ARRAY(c->arena, BinaryLink, n);
    const Expr *at = expr;
    for (uint32_t i = n; i-- > 0; at = at->operand) {
        links[i].op = at->op;
        links[i].span = at->span;
        links[i].right = (const Code *)(const void *)at->right; // compiled below, in order of writing
    }
    Code *code = compile_node(c, NODE_BINARY, expr->span);
    code->first = compile_expr(c, first);
    compile_child(code, code->first);
    for (uint32_t i = 0; i < n; i++) {
        links[i].right = compile_expr(c, (const Expr *)(const void *)links[i].right);
        code->has_logic |= links[i].op == OP_AND || links[i].op == OP_OR;
        compile_child(code, links[i].right);
    }
    code->links = links;
    code->link_count = n;
    return compile_finish(c, code);
}

static Code *compile_unary(Compiler *c, const Expr *expr) {
    Code *code = compile_node(c, NODE_UNARY, expr->span);
    code->op = expr->op;
    code->operand = compile_expr(c, expr->operand);
    compile_child(code, code->operand);
    return compile_finish(c, code);
}

static Code *compile_condition(Compiler *c, const Expr *expr) {
    Code *code = compile_node(c, NODE_CONDITION, expr->span);
    code->test = compile_expr(c, expr->operand);
    code->yes = compile_expr(c, expr->yes);
    code->no = compile_expr(c, expr->no);
    compile_child(code, code->test);
    compile_child(code, code->yes);
    compile_child(code, code->no);
    return compile_finish(c, code);
}

static Code *compile_tuple(Compiler *c, const Expr *expr) {
    Code *code = compile_node(c, NODE_TUPLE, expr->span);
    uint32_t n = expr->args.list.n;
    const Code **list = ARENA_ARRAY(c->arena, const Code *, n);
    for (uint32_t i = 0; i < n; i++) {
        list[i] = compile_expr(c, expr->args.list.at[i]);
        compile_child(code, list[i]);
    }
    code->list = list;
    code->count = n;
    return compile_finish(c, code);
}

// A key that is written as a name, or as a keyword, is that text.
static bool key_text(const ObjectItem *item, Str *text) {
    const Expr *key = item->key;
    if (item->bare || key->kind == EXPR_NAME)
        *text = key->text;
    else if (key->kind == EXPR_NULL)
        *text = STR("null");
    else if (key->kind == EXPR_BOOL)
        *text = key->boolean ? STR("true") : STR("false");
    else
        return false;
    return true;
}

static bool key_ambiguous(const Expr *key) {
    bool steps = key->kind == EXPR_ATTR || key->kind == EXPR_INDEX;
    while (key->kind == EXPR_ATTR || (key->kind == EXPR_INDEX && key->key->kind <= EXPR_STRING)) key = key->operand;
    return steps && key->kind == EXPR_NAME;
}

static void compile_key(Compiler *c, const ObjectItem *item, ObjectEntry *entry, Code *code) {
    Str text;
    if (key_text(item, &text)) {
        entry->name = name_of(c->process, utf8_nfc(c->arena, text));
        return;
    }
    if (key_ambiguous(item->key)) {
        diag_error(c->diags, "ambiguous_key", item->key->span, "Ambiguous attribute key",
                   "If this expression is meant as a reference, wrap it in parentheses. If it is meant as a name that "
                   "contains periods, wrap it in quotes.");
        code->failed = true;
        entry->name = name_of(c->process, STR(""));
        return;
    }
    Code *key = compile_expr(c, item->key);
    if (key->kind == NODE_CONSTANT && key->value.kind == TYPE_STRING && value_is_set(key->value) && !key->value.marks) {
        entry->name = name_of(c->process, value_str(key->value));
    } else {
        entry->key = key;
        compile_child(code, key);
    }
}

// With constant keys only, the shape is known and each value has its place; of a key given twice the last counts.
static void settle_shape(Compiler *c, Code *code, ObjectEntry *entries, uint32_t n) {
    Name *names = ARENA_ARRAY(c->arena, Name, n);
    uint32_t distinct = 0;
    IdMap seen = idmap_in(c->arena);
    for (uint32_t i = 0; i < n; i++) {
        if (!entries[i].name) return;
        bool added;
        idmap_put(&seen, (uint64_t)(uintptr_t)entries[i].name, &added);
        if (added) names[distinct++] = entries[i].name;
    }
    code->shape = shape_of(c->arena, names, distinct);
    for (uint32_t i = 0; i < n; i++) entries[i].at = (uint32_t)shape_index(code->shape, entries[i].name);
}

static Code *compile_object(Compiler *c, const Expr *expr) {
    Code *code = compile_node(c, NODE_OBJECT, expr->span);
    uint32_t n = expr->items.list.n;
    ObjectEntry *entries = ARENA_ARRAY(c->arena, ObjectEntry, n);
    for (uint32_t i = 0; i < n; i++) {
        const ObjectItem *item = &expr->items.list.at[i];
        compile_key(c, item, &entries[i], code);
        entries[i].value = compile_expr(c, item->value);
        compile_child(code, entries[i].value);
    }
    settle_shape(c, code, entries, n);
    code->entries = entries;
    code->entry_count = n;
    return compile_finish(c, code);
}

uint32_t compile_loop_open(Compiler *c, Str key, Str value, Span span, Code *code, ForNode *loop) {
    uint32_t floor = c->local_n, index = 0;
    loop->key_local = loop->value_local = NODE_LOCALS;
    bool fits = true;
    if (!str_empty(key)) {
        fits = compile_local(c, name_of(c->process, key), span, &index);
        if (fits) loop->key_local = (uint8_t)index;
    }
    fits = fits && compile_local(c, name_of(c->process, value), span, &index);
    if (fits) loop->value_local = (uint8_t)index;
    code->failed |= !fits;
    return floor;
}

void compile_loop_close(Compiler *c, uint32_t floor, Code *code) {
    if (code->local_count < c->local_n) code->local_count = (uint8_t)c->local_n;
    c->local_n = floor;
    if (floor < NODE_LOCALS) code->free &= (UINT64_C(1) << floor) - 1;
}

static Code *compile_for(Compiler *c, const Expr *expr) {
    const ForExpr *in = expr->loop;
    Code *code = compile_node(c, NODE_FOR, expr->span);
    ForNode *loop = ARENA_NEW(c->arena, ForNode);
    code->loop = loop;
    loop->collection = compile_expr(c, in->collection);
    loop->group = in->group;
    uint32_t floor = compile_loop_open(c, in->key_name, in->value_name, in->names_span, code, loop);
    const Expr *parts[3] = {in->condition, in->key, in->value};
    const Code **out[3] = {&loop->condition, &loop->key, &loop->value};
    for (int i = 0; i < 3; i++) {
        if (!parts[i]) continue;
        *out[i] = compile_expr(c, parts[i]);
        compile_child(code, *out[i]);
    }
    compile_loop_close(c, floor, code);
    compile_child(code, loop->collection);
    return compile_finish(c, code);
}

static Code *compile_item(Compiler *c, const Expr *expr) {
    Code *code = compile_node(c, NODE_LOCAL, expr->span);
    code->index = c->item;
    code->free = UINT64_C(1) << c->item;
    code->local_count = (uint8_t)(c->item + 1);
    return compile_finish(c, code);
}

static Code *compile_kind(Compiler *c, const Expr *expr) {
    switch ((ExprKind)expr->kind) {
    case EXPR_NULL: return compile_constant(c, value_null(c->process, type_dynamic(c->process)), expr->span);
    case EXPR_BOOL: return compile_constant(c, value_bool(expr->boolean), expr->span);
    case EXPR_NUMBER: return compile_number(c, expr);
    case EXPR_STRING: return compile_constant(c, value_string(c->arena, expr->text), expr->span);
    case EXPR_TEMPLATE: return compile_template(c, expr);
    case EXPR_NAME:
    case EXPR_ATTR:
    case EXPR_INDEX: return compile_traversal(c, expr, false);
    case EXPR_SPLAT: return compile_splat(c, expr);
    case EXPR_ITEM: return compile_item(c, expr);
    case EXPR_TUPLE: return compile_tuple(c, expr);
    case EXPR_OBJECT: return compile_object(c, expr);
    case EXPR_CALL: return compile_call(c, expr);
    case EXPR_UNARY: return compile_unary(c, expr);
    case EXPR_BINARY: return compile_binary(c, expr);
    case EXPR_CONDITION: return compile_condition(c, expr);
    case EXPR_FOR: return compile_for(c, expr);
    case EXPR_PAREN: return compile_expr(c, expr->operand);
    case EXPR_ERROR: break;
    }
    Code *code = compile_node(c, NODE_ERROR, expr->span);
    code->stuck = true;
    return code;
}

Code *compile_expr(Compiler *c, const Expr *expr) {
    if (c->depth == NODE_DEPTH) {
        diag_error(c->diags, "expression_too_deep", expr->span, "Expression nested too deeply",
                   "Expressions can be nested at most %u levels deep. Move parts of this one into local values.",
                   (unsigned)NODE_DEPTH);
        return failed_node(c, expr->span);
    }
    c->depth++;
    Code *code = compile_kind(c, expr);
    c->depth--;
    return code;
}

// Gives each maximal piece that is the same for all instances its place.
static void number_once(void *context, const Code *child) {
    CodeSession *session = context;
    if (child->kind <= NODE_FRAME && child->kind != NODE_REF) return;
    bool same = !(child->uses & (USES_VARIES | USES_FRAME)) && !child->random && child->kind != NODE_REF;
    if (same) {
        Code *own = (Code *)(uintptr_t)child; // the compiler made it and nobody has seen it yet
        own->once = ++session->once_count;
    } else {
        node_children(child, number_once, session);
    }
}

CodeSession session_start(Arena *arena, Binder *binder, Diags *diags) {
    return (CodeSession){.arena = arena, .binder = binder, .diags = diags};
}

const Code *session_compile(CodeSession *session, const Expr *expr) {
    Compiler c = {.session = session,
                  .arena = session->arena,
                  .process = arena_process(session->arena),
                  .binder = session->binder,
                  .diags = session->diags};
    const Code *code = compile_expr(&c, expr);
    if (code->failed) return NULL;
    number_once(session, code);
    return code;
}

bool session_push(CodeSession *session, Name name, Span span) {
    uint32_t cap = (uint32_t)(sizeof session->frame / sizeof session->frame[0]);
    if (session->frame_depth == cap) {
        return diag_error(session->diags, "dynamic_too_deep", span, "Dynamic blocks nested too deeply",
                          "Dynamic blocks can be nested at most %u levels deep.", cap);
    }
    session->frame[session->frame_depth++].name = name;
    return true;
}

void session_pop(CodeSession *session) { session->frame_depth--; }
