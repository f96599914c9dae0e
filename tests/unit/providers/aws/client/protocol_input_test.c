#include "tests/harness/cmocka.h"

#include "providers/aws/client/protocol.h"
#include "providers/aws/client/text.h"
#include "providers/aws/client/xml.h"
#include "tests/unit/providers/aws/client/cases.h"

// Blobs are plain text in the cases and base64 in values.
static Value as_given(Arena *arena, const AwsShape *shape, Value v) {
    if (!value_is_set(v)) return v;
    if (shape->kind == AWS_BLOB && v.kind == TYPE_STRING) {
        Buf text = buf_in(arena);
        text_base64(&text, value_str(v));
        return value_string(arena, buf_str(&text));
    }
    if (v.kind == TYPE_TUPLE && shape->kind == AWS_LIST) {
        Value *at = ARENA_ARRAY(arena, Value, v.n);
        for (uint32_t i = 0; i < v.n; i++) at[i] = as_given(arena, shape->members[0].shape, v.list->at[i]);
        return value_tuple(arena, at, v.n);
    }
    if (v.kind != TYPE_OBJECT || shape->document) return v;
    Value *at = ARENA_ARRAY(arena, Value, v.n);
    for (uint32_t i = 0; i < v.n; i++) {
        const AwsMember *m =
            shape->kind == AWS_MAP ? &shape->members[1] : aws_shape_member(shape, v.obj->shape->names[i]);
        at[i] = m ? as_given(arena, m->shape, v.obj->at[i]) : v.obj->at[i];
    }
    return value_object(arena, v.obj->shape, at);
}

static int compare_str(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

// "b=2&a=%31" as "a=1&b=2": decoded and sorted.
static Str form_normal(Arena *arena, Str form) {
    VEC(Str) pairs = {0};
    Str pair;
    while (str_next(&form, '&', &pair)) {
        if (str_find_char(pair, '=') < 0) pair = str_concat(arena, pair, STR("="));
        Str decoded = text_uri_decode(arena, pair);
        vec_push(arena, &pairs, decoded);
    }
    if (pairs.n) qsort(pairs.at, pairs.n, sizeof *pairs.at, compare_str);
    Buf out = buf_in(arena);
    for (uint32_t i = 0; i < pairs.n; i++) buf_format(&out, "%.*s\n", STR_ARG(pairs.at[i]));
    return buf_str(&out);
}

// Entries of maps may come in any order: siblings that have a first child named as a key are sorted by their text.
static void xml_normal(Arena *arena, const XmlNode *node, Buf *out);

static void xml_children(Arena *arena, const XmlNode *node, Buf *out) {
    VEC(Str) children = {0};
    bool map = false;
    for (const XmlNode *child = node->first; child; child = child->next) {
        Buf text = buf_in(arena);
        xml_normal(arena, child, &text);
        Str s = buf_str(&text);
        vec_push(arena, &children, s);
        map |= child->first && child->first->next && !child->first->next->next &&
               (str_ends(child->first->name, STR("ey")) || str_eqz(child->first->name, "Attribute") ||
                str_eqz(child->first->name, "K"));
    }
    if (map) qsort(children.at, children.n, sizeof *children.at, compare_str);
    for (uint32_t i = 0; i < children.n; i++) buf_add(out, children.at[i]);
}

static void xml_normal(Arena *arena, const XmlNode *node, Buf *out) {
    buf_format(out, "<%.*s", STR_ARG(node->name));
    VEC(Str) attributes = {0};
    for (uint32_t i = 0; i < node->attribute_count; i++) {
        Str a = str_format(arena, " %.*s=%.*s", STR_ARG(node->attributes[i].name), STR_ARG(node->attributes[i].value));
        vec_push(arena, &attributes, a);
    }
    if (attributes.n) qsort(attributes.at, attributes.n, sizeof *attributes.at, compare_str);
    for (uint32_t i = 0; i < attributes.n; i++) buf_add(out, attributes.at[i]);
    buf_char(out, '>');
    if (!node->first) buf_add(out, node->text);
    xml_children(arena, node, out);
    buf_z(out, "</>");
}

static Str body_normal(Arena *arena, AwsProtocol protocol, Str body) {
    Value v;
    Buf out = buf_in(arena);
    const XmlNode *xml;
    if (protocol == AWS_QUERY || protocol == AWS_EC2) return form_normal(arena, body);
    if ((protocol == AWS_JSON || protocol == AWS_REST_JSON) && json_decode(arena, body, &v, NULL)) {
        JsonWriter w = json_writer(&out, 0);
        json_value(&w, v, NULL, JSON_IMPLIED);
        return buf_str(&out);
    }
    if (protocol == AWS_REST_XML && body.n && (xml = xml_parse(arena, body))) {
        xml_normal(arena, xml, &out);
        return buf_str(&out);
    }
    return body;
}

static bool same(const Case *c, const char *what, Str want, Str got) {
    if (str_eq(want, got)) return true;
    Buf text = {0};
    buf_add(&text, want);
    buf_z(&text, "\n  got  ");
    buf_add(&text, got);
    printf("%.*s: %s:\n  want %s\n", STR_ARG(c->id), what, text.p);
    buf_free(&text);
    return false;
}

static bool same_uri(Case *c, const AwsWire *wire, Str want) {
    Buf query = buf_in(c->arena);
    for (uint32_t i = 0; i < wire->query.n; i++) {
        if (i) buf_char(&query, '&');
        text_uri(&query, wire->query.at[i].name, false);
        buf_char(&query, '=');
        text_uri(&query, wire->query.at[i].value, false);
    }
    ptrdiff_t question = str_find_char(want, '?');
    Str path = question < 0 ? want : str_slice(want, 0, (size_t)question);
    Str rest = question < 0 ? STR_NONE : str_slice(want, (size_t)question + 1, want.n);
    return same(c, "path", path, buf_str(&wire->path)) &&
           same(c, "query", form_normal(c->arena, rest), form_normal(c->arena, buf_str(&query)));
}

static bool same_headers(Case *c, const AwsWire *wire, const StrMap *want) {
    StrMap headers;
    Str *forbidden;
    uint32_t n;
    slice_strings(c->arena, slice_get(want, "forbidHeaders"), NULL, &forbidden, &n);
    for (uint32_t i = 0; i < n; i++)
        if (wire_has_header(wire, forbidden[i])) return same(c, "forbidden header", STR_NONE, forbidden[i]);
    if (!slice_object(c->arena, slice_get(want, "headers"), &headers)) return true;
    for (uint32_t i = 0; i < headers.n; i++) {
        Str name = headers.items[i].key, value = slice_text(c->arena, slice_get(&headers, str_to_z(c->arena, name)));
        HttpResponse have = {.headers = wire->headers.at, .header_count = wire->headers.n};
        Str got = http_header(&have, name);
        // Our forms say their character set.
        if (text_same(name, STR("Content-Type")) && str_starts(got, value)) continue;
        if (!wire_has_header(wire, name) || !same(c, name.p, value, got)) return false;
    }
    return true;
}

static bool run(Case *c) {
    StrMap want;
    Value params;
    AwsWire wire;
    if (!slice_object(c->arena, slice_get(&c->fields, "serialized"), &want)) return false;
    if (!json_decode(c->arena, slice_get(&c->fields, "params"), &params, NULL)) return false;
    if (c->operation->input) params = as_given(c->arena, c->operation->input, params);
    if (!protocol_request(c->arena, c->operation, params, NULL, &wire))
        return same(c, "problem", STR_NONE, wire.problem);
    Str host = slice_text(c->arena, slice_get(&want, "host")), body = slice_get(&want, "body");
    if (host.n && str_find_char(host, '/') < 0 &&
        !same(c, "host", host, str_concat(c->arena, wire.host_prefix, STR("example.com"))))
        return false;
    Str uri = slice_text(c->arena, slice_get(&want, "uri"));
    ptrdiff_t slash = str_find_char(host, '/'); // the endpoint's own path comes before
    if (slash >= 0) uri = str_slice(uri, host.n - (size_t)slash, uri.n);
    AwsProtocol protocol = c->operation->model->protocol;
    return same(c, "method", slice_text(c->arena, slice_get(&want, "method")), wire.method) &&
           same_uri(c, &wire, uri) && same_headers(c, &wire, &want) &&
           (!body.n || same(c, "body", body_normal(c->arena, protocol, slice_text(c->arena, body)),
                            body_normal(c->arena, protocol, wire.body)));
}

static void own_cases(void **state) {
    (void)state;
    char dir[4096];
    int total = 0;
    assert_int_equal(cases_run_dir(cases_own_dir(dir, sizeof dir), "input", run, &total), 0);
    assert_true(total > 0);
}

static void published_vectors(void **state) {
    (void)state;
    const char *dir = getenv("INFRA_AWS_VECTORS");
    if (!dir) skip();
    int total = 0, failed = cases_run_dir(str_of(dir), "input", run, &total);
    printf("%d input cases, %d failed\n", total, failed);
    assert_int_equal(failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(own_cases), cmocka_unit_test(published_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
