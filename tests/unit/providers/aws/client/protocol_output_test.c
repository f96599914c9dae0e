#include "tests/harness/cmocka.h"

#include "providers/aws/client/errors.h"
#include "providers/aws/client/protocol.h"
#include "providers/aws/client/text.h"
#include "tests/unit/providers/aws/client/cases.h"

static Str shown(Arena *arena, Value v) {
    Buf out = buf_in(arena);
    JsonWriter w = json_writer(&out, 0);
    json_value(&w, v, NULL, JSON_IMPLIED);
    return buf_str(&out);
}

static bool differ(const Case *c, Str where, Value want, Value got) {
    printf("%.*s: %.*s:\n  want %.*s\n  got  %.*s\n", STR_ARG(c->id), STR_ARG(where), STR_ARG(shown(c->arena, want)),
           STR_ARG(shown(c->arena, got)));
    return false;
}

static bool same_value(Case *c, const AwsShape *shape, Str where, Value want, Value got);

static bool same_scalar(Case *c, const AwsShape *shape, Str where, Value want, Value got) {
    if (shape->kind == AWS_TIMESTAMP) {
        Buf text = buf_in(c->arena);
        int64_t a, b;
        if (want.kind == TYPE_NUMBER)
            num_print(value_number(c->arena, want), &text);
        else
            buf_add(&text, value_str(want));
        if (got.kind == TYPE_STRING && text_time_parse(buf_str(&text), &a) && text_time_parse(value_str(got), &b) &&
            a == b)
            return true;
        return differ(c, where, want, got);
    }
    if (shape->kind == AWS_BLOB) {
        Str bytes;
        if (text_base64_decode(c->arena, value_str(got), &bytes) && str_eq(bytes, value_str(want))) return true;
        return differ(c, where, want, got);
    }
    return str_eq(shown(c->arena, want), shown(c->arena, got)) || differ(c, where, want, got);
}

static bool same_structure(Case *c, const AwsShape *shape, Str where, Value want, Value got) {
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        const Value *a = value_get(want, m->name), *b = value_get(got, m->name);
        Str inner = str_format(c->arena, "%.*s.%s", STR_ARG(where), m->name->text);
        if (!b) return false;
        if (!a && value_is_null(*b)) continue;
        if (!a) {
            // An empty map of headers is as good as none.
            if (b->kind == TYPE_OBJECT && b->n == 0) continue;
            return differ(c, inner, output_null(c->arena, m->shape), *b);
        }
        if (!same_value(c, m->shape, inner, *a, *b)) return false;
    }
    return true;
}

static bool same_value(Case *c, const AwsShape *shape, Str where, Value want, Value got) {
    if (value_is_null(want) || value_is_null(got))
        return (value_is_null(want) && value_is_null(got)) || differ(c, where, want, got);
    if (shape->document) return str_eq(shown(c->arena, want), shown(c->arena, got)) || differ(c, where, want, got);
    if (shape->kind == AWS_STRUCTURE) return same_structure(c, shape, where, want, got);
    if (shape->kind == AWS_LIST) {
        if (want.n != got.n) return differ(c, where, want, got);
        for (uint32_t i = 0; i < want.n; i++) {
            Str inner = str_format(c->arena, "%.*s[%u]", STR_ARG(where), i);
            if (!same_value(c, shape->members[0].shape, inner, value_elements(want)[i], value_elements(got)[i]))
                return false;
        }
        return true;
    }
    if (shape->kind == AWS_MAP) {
        if (want.n != got.n) return differ(c, where, want, got);
        for (uint32_t i = 0; i < want.n; i++) {
            Name key = want.obj->shape->names[i];
            const Value *b = value_get(got, key);
            if (!b || !same_value(c, shape->members[1].shape, name_str(key), want.obj->at[i], *b)) return false;
        }
        return true;
    }
    return same_scalar(c, shape, where, want, got);
}

static HttpResponse response_of(Case *c) {
    StrMap response, headers;
    HttpResponse out = {.sent = true};
    slice_object(c->arena, slice_get(&c->fields, "response"), &response);
    int64_t status = 0;
    str_to_i64(slice_get(&response, "status_code"), &status);
    out.status = (int)status;
    out.body = slice_text(c->arena, slice_get(&response, "body"));
    if (!slice_object(c->arena, slice_get(&response, "headers"), &headers)) return out;
    HttpHeader *at = ARENA_ARRAY(c->arena, HttpHeader, headers.n);
    for (uint32_t i = 0; i < headers.n; i++)
        at[i] =
            (HttpHeader){headers.items[i].key, slice_text(c->arena, *(const Str *)(uintptr_t)headers.items[i].value)};
    out.headers = at;
    out.header_count = headers.n;
    return out;
}

static bool run(Case *c) {
    HttpResponse response = response_of(c);
    Str code = slice_get(&c->fields, "errorCode");
    if (code.n || slice_get(&c->fields, "error").n) {
        AwsError error = {0};
        protocol_error(c->arena, c->operation, &response, &error);
        Str want = slice_text(c->arena, code), message = slice_text(c->arena, slice_get(&c->fields, "errorMessage"));
        bool same = str_eq(want, error.code) && (!message.n || str_eq(message, error.message));
        if (!same)
            printf("%.*s: want %.*s (%.*s), got %.*s (%.*s)\n", STR_ARG(c->id), STR_ARG(want), STR_ARG(message),
                   STR_ARG(error.code), STR_ARG(error.message));
        return same;
    }
    Value want, got;
    Str problem = STR_NONE;
    if (!json_decode(c->arena, slice_get(&c->fields, "result"), &want, NULL)) return false;
    if (!protocol_result(c->arena, c->operation, &response, false, &got, &problem)) {
        printf("%.*s: %.*s\n", STR_ARG(c->id), STR_ARG(problem));
        return false;
    }
    return !c->operation->output || same_value(c, c->operation->output, STR("result"), want, got);
}

static void own_cases(void **state) {
    (void)state;
    char dir[4096];
    int total = 0;
    assert_int_equal(cases_run_dir(cases_own_dir(dir, sizeof dir), "output", run, &total), 0);
    assert_true(total > 0);
}

static void published_vectors(void **state) {
    (void)state;
    const char *dir = getenv("INFRA_AWS_VECTORS");
    if (!dir) skip();
    int total = 0, failed = cases_run_dir(str_of(dir), "output", run, &total);
    printf("%d output cases, %d failed\n", total, failed);
    assert_int_equal(failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(own_cases), cmocka_unit_test(published_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
