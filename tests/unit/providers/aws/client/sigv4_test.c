#include "tests/harness/cmocka.h"

#include "engine/base/clock.h"
#include "engine/io/file.h"
#include "providers/aws/client/sigv4.h"
#include "providers/aws/client/slice.h"
#include "providers/aws/client/text.h"

#include <stdio.h>
#include <stdlib.h>

static Process *process;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    process = process_new();
    arena = arena_new(process, LIFE_OP, "test");
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    process_free(process);
    return 0;
}

static Sigv4 request(void) {
    return (Sigv4){.arena = arena,
                   .crypto = crypto_open(NULL),
                   .access_key = STR("AKEXAMPLE"),
                   .secret_key = STR("secret"),
                   .region = STR("eu-west-1"),
                   .service = STR("s3"),
                   .time_ns = INT64_C(1700000000) * NS_PER_S,
                   .method = STR("PUT"),
                   .host = STR("bucket.example"),
                   .path = STR("/a%20b/./c")};
}

static void paths_of_s3_and_others(void **state) {
    (void)state;
    Sigv4 s = request();
    HttpHeader out[4];
    s.raw_path = s.content_header = true;
    assert_int_equal(sigv4_run(&s, out), 3);
    assert_true(str_starts(s.canonical, STR("PUT\n/a%20b/./c\n")));
    assert_string_equal(s.timestamp.p, "20231114T221320Z");
    s = request();
    assert_int_equal(sigv4_run(&s, out), 2);
    assert_true(str_starts(s.canonical, STR("PUT\n/a%2520b/c\n")));
    assert_true(str_ends(s.canonical, STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")));
}

static void what_is_signed(void **state) {
    (void)state;
    Sigv4 s = request();
    HttpHeader given[] = {{STR("User-Agent"), STR("infra")}, {STR("X-B"), STR(" 2 ")}, {STR("x-a"), STR("1  1")}};
    HttpHeader out[4];
    s.headers = given;
    s.header_count = 3;
    s.token = STR("tok");
    s.unsigned_payload = s.content_header = true;
    assert_int_equal(sigv4_run(&s, out), 4);
    assert_string_equal(s.signed_names.p, "host;x-a;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-b");
    assert_true(str_find(s.canonical, STR("\nx-a:1 1\n")) > 0);
    assert_true(str_ends(s.canonical, STR("\nUNSIGNED-PAYLOAD")));
    assert_true(str_eqz(out[2].value, "tok"));
}

static Str read(Str dir, const char *name) {
    Diags diags = diags_in(arena);
    Str path = str_format(arena, "%.*s/%s", STR_ARG(dir), name), text = STR_NONE;
    file_read(arena, path.p, 1 << 20, &text, &diags);
    return text;
}

// A request as text: folded headers go on with a blank.
static void parse_request(Str text, Sigv4 *s, HttpHeader *headers, HttpHeader *query) {
    Str line;
    str_next(&text, '\n', &line);
    size_t space = (size_t)str_find_char(line, ' ');
    s->method = str_slice(line, 0, space);
    Str target = str_slice(line, space + 1, line.n - strlen(" HTTP/1.1"));
    ptrdiff_t question = str_find_char(target, '?');
    s->path = question < 0 ? target : str_slice(target, 0, (size_t)question);
    Str rest = question < 0 ? STR_NONE : str_slice(target, (size_t)question + 1, target.n), pair;
    while (str_next(&rest, '&', &pair)) {
        ptrdiff_t equals = str_find_char(pair, '=');
        size_t end = equals < 0 ? pair.n : (size_t)equals;
        if (pair.n)
            query[s->query_count++] = (HttpHeader){text_uri_decode(arena, str_slice(pair, 0, end)),
                                                   text_uri_decode(arena, str_slice(pair, end + 1, pair.n))};
    }
    while (str_next(&text, '\n', &line) && line.n) {
        if (line.p[0] == ' ') {
            HttpHeader *last = &headers[s->header_count - 1];
            last->value = str_format(arena, "%.*s %.*s", STR_ARG(last->value), STR_ARG(line));
            continue;
        }
        size_t colon = (size_t)str_find_char(line, ':');
        headers[s->header_count++] = (HttpHeader){str_slice(line, 0, colon), str_slice(line, colon + 1, line.n)};
    }
    s->body = text;
    s->headers = headers;
    s->query = query;
}

static bool run_vector(Str dir) {
    StrMap context, credentials;
    if (!slice_object(arena, read(dir, "context.json"), &context)) return false;
    if (!slice_object(arena, slice_get(&context, "credentials"), &credentials)) return false;
    HttpHeader headers[32], query[32], out[4];
    Sigv4 s = {.arena = arena, .crypto = crypto_open(NULL)};
    s.access_key = slice_text(arena, slice_get(&credentials, "access_key_id"));
    s.secret_key = slice_text(arena, slice_get(&credentials, "secret_access_key"));
    s.token = slice_text(arena, slice_get(&credentials, "token"));
    s.region = slice_text(arena, slice_get(&context, "region"));
    s.service = slice_text(arena, slice_get(&context, "service"));
    s.keep_dots = !slice_true(slice_get(&context, "normalize"));
    s.content_header = slice_true(slice_get(&context, "sign_body"));
    s.token_unsigned = slice_true(slice_get(&context, "omit_session_token"));
    if (!clock_parse_rfc3339(slice_text(arena, slice_get(&context, "timestamp")), &s.time_ns)) return false;
    parse_request(read(dir, "request.txt"), &s, headers, query);
    sigv4_run(&s, out);
    bool ok = str_eq(s.canonical, read(dir, "header-canonical-request.txt")) &&
              str_eq(s.string_to_sign, read(dir, "header-string-to-sign.txt")) &&
              str_eq(s.signature, read(dir, "header-signature.txt")) &&
              str_find(read(dir, "header-signed-request.txt"), s.authorization) > 0;
    if (!ok) printf("%.*s:\n%.*s\n", STR_ARG(dir), STR_ARG(s.canonical));
    return ok;
}

static void published_vectors(void **state) {
    (void)state;
    const char *dir = getenv("INFRA_SIGV4_VECTORS");
    if (!dir) skip();
    Diags diags = diags_in(arena);
    Str *names;
    uint32_t n, ran = 0, failed = 0;
    assert_true(file_list(arena, dir, &names, &n, &diags));
    for (uint32_t i = 0; i < n; i++) {
        Str path = path_join(arena, str_of(dir), names[i]);
        if (!file_is_dir(path.p)) continue;
        ran++;
        if (!run_vector(path)) failed++;
    }
    printf("%u cases, %u failed\n", ran, failed);
    assert_int_equal(failed, 0);
    assert_true(ran > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(paths_of_s3_and_others, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_signed, setup, teardown),
        cmocka_unit_test_setup_teardown(published_vectors, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
