// Values of the root module's variables.
#include "engine/config/loader.h"
#include "engine/schema/suggest.h"
#include "grammar/parse.h"

// where: what set it, when no span says so.
static bool bad_value(Loader *l, const Variable *v, Span span, Str where, const char *why) {
    if (span_known(span)) where = STR_NONE;
    return diag_error(l->diags, "invalid_variable_value", span_known(span) ? span : v->span,
                      "Invalid value for input variable", "The value given for \"%s\"%s%.*s does not fit: %s.",
                      v->name->text, where.n ? " by " : "", STR_ARG(where), why);
}

bool variables_convert(Loader *l, const Variable *v, Value value, Span span, Str where, Value *out) {
    ConvertError why;
    if (v->defaults && !value_is_null(value)) value = convert_defaults(l->arena, value, v->constraint, v->defaults);
    if (!convert_value(l->arena, value, v->constraint, out, &why)) {
        Buf text = buf_in(l->arena);
        path_print(why.path, &text);
        if (text.n) buf_z(&text, ": ");
        buf_add(&text, why.message);
        return bad_value(l, v, span, where, text.p);
    }
    if (!value_is_null(*out) || v->nullable) return true;
    if (v->has_default) {
        *out = v->default_value;
        return true;
    }
    return bad_value(l, v, span, where, "it must not be null, because of nullable = false");
}

// Text from the environment or a -var: as it is for simple types, else an expression.
static bool parse_text(Loader *l, const Variable *v, const VariableInput *input, Value *out) {
    bool literal = !v->type_given || type_is_primitive(v->constraint);
    if (literal) {
        *out = value_string(l->arena, input->text);
        return true;
    }
    Str path = str_format(l->arena, "<value for var.%s from %.*s>", v->name->text, STR_ARG(input->where));
    const SourceFile *file = source_add(l->process, path, str_copy(l->arena, input->text));
    Expr *expr;
    return file && parse_expr(l->arena, file, &expr, l->diags) && common_constant(l, expr, out);
}

static bool input_value(Loader *l, const Variable *v, const VariableInput *input, Value *out) {
    Value given;
    if (input->has_value) {
        given = input->value;
    } else if (input->expr) {
        if (!common_constant(l, input->expr, &given)) return false;
    } else if (!parse_text(l, v, input, &given)) {
        return false;
    }
    return variables_convert(l, v, given, input->span, input->where, out);
}

bool variables_value(Def *def, uint32_t index, Value *out, bool *given) {
    Loader *l = def->loader;
    const Variable *v = &def->mod.variables.at[index];
    *given = false;
    for (uint32_t i = l->options->inputs.n; i-- > 0;) {
        const VariableInput *input = &l->options->inputs.at[i];
        if (!str_eq(input->name, name_str(v->name))) continue;
        *given = true;
        return input_value(l, v, input, out);
    }
    return true;
}

static void undeclared(Loader *l, const Def *root, const VariableInput *input, uint32_t *warned) {
    const StrMap *names = &root->decls[DECL_VARIABLE].index;
    if (input->from == VAR_ENV) return;
    Suggest near = suggest_start(input->name);
    for (uint32_t i = 0; i < names->n; i++) suggest_try(&near, names->items[i].key);
    if (input->from == VAR_ARGUMENT) {
        diag_error(l->diags, "undeclared_variable", SPAN_NONE, "Value for undeclared variable",
                   "%.*s sets \"%.*s\", but the root module has no variable of that name.%s", STR_ARG(input->where),
                   STR_ARG(input->name), suggest_text(l->arena, &near));
    } else if ((*warned)++ < 2) {
        diag_warn(l->diags, "undeclared_variable", input->span, "Value for undeclared variable",
                  "The root module has no variable \"%.*s\".%s To use one file for several configurations, set such "
                  "values as TF_VAR_ environment variables, which are not checked.",
                  STR_ARG(input->name), suggest_text(l->arena, &near));
    }
}

static void missing(Loader *l, const Variable *v) {
    diag_error(
        l->diags, "missing_variable", v->span, "No value for required variable",
        "The variable \"%s\" has no default, so it must be set: with -var '%s=…', in a file given with -var-file, "
        "in terraform.tfvars or *.auto.tfvars, or with the environment variable TF_VAR_%s.",
        v->name->text, v->name->text, v->name->text);
}

// The last input of each name, which wins, as index + 1; undeclared ones are reported.
static uint32_t *last_inputs(Loader *l, const Def *root) {
    uint32_t *last = ARENA_ARRAY(l->arena, uint32_t, root->mod.variables.n), warned = 0;
    for (uint32_t i = 0; i < l->options->inputs.n; i++) {
        const VariableInput *input = &l->options->inputs.at[i];
        uint64_t *at = strmap_get(&root->decls[DECL_VARIABLE].index, input->name);
        if (at)
            last[*at] = i + 1;
        else
            undeclared(l, root, input, &warned);
    }
    if (warned > 2)
        diag_warn(l->diags, "undeclared_variable", SPAN_NONE, "Values for undeclared variables",
                  "%u more values in variable files are for variables that the root module has not.", warned - 2);
    return last;
}

bool load_variables(Config *config, const LoadOptions *options, bool allow_missing, Value **values, Diags *diags) {
    Def *root = (Def *)(void *)config->defs.at[0];
    Loader *l = root->loader;
    uint32_t errors = diags->errors;
    l->diags = diags;
    l->options = options;
    const uint32_t *last = last_inputs(l, root);
    *values = ARENA_ARRAY(l->arena, Value, root->mod.variables.n);
    for (uint32_t i = 0; i < root->mod.variables.n; i++) {
        const Variable *v = &root->mod.variables.at[i];
        Value *out = &(*values)[i];
        *out = v->has_default ? v->default_value : value_unknown(l->process, v->type);
        if (last[i] && !input_value(l, v, &options->inputs.at[last[i] - 1], out))
            *out = value_unknown(l->process, v->type);
        if (!last[i] && !v->has_default && !allow_missing) missing(l, v);
        Marks marks = (Marks)((v->sensitive ? MARK_SENSITIVE : 0) | (v->ephemeral ? MARK_EPHEMERAL : 0));
        if (marks) *out = value_with_marks(*out, out->marks | marks);
    }
    return diags->errors == errors;
}
