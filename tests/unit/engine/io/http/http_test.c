#include "tests/harness/cmocka.h"

#include "engine/base/clock.h"
#include "engine/io/child.h"
#include "engine/io/http/http.h"
#include "tests/harness/http_server.h"

#define CALLS_MAX 128

typedef struct Answer {
    struct Client *client;
    HttpCall *call;
    HttpError error;
    bool sent, got;
    int status;
    Str body, text;
    VEC(HttpHeader) headers;
} Answer;

typedef struct Client {
    Process *process;
    Loop *loop;
    Arena *arena;
    Server *server;
    Answer answers[CALLS_MAX];
    uint32_t started, left;
    bool done;
} Client;

static int setup(void **state) {
    static Client c;
    Process *process = process_new();
    c = (Client){.process = process,
                 .loop = loop_new(process),
                 .arena = arena_new(process, LIFE_OP, "test"),
                 .server = server_start()};
    *state = &c;
    // A proxy of the environment is not for 127.0.0.1.
    return setenv("no_proxy", "127.0.0.1", 1);
}

static int teardown(void **state) {
    Client *c = *state;
    loop_free(c->loop);
    server_stop(c->server);
    arena_free(c->arena);
    process_free(c->process);
    return 0;
}

static void on_done(void *ctx, const HttpResponse *response) {
    Answer *a = ctx;
    Client *c = a->client;
    assert_false(a->got);
    a->got = true;
    a->error = response->error;
    a->sent = response->sent;
    a->status = response->status;
    a->body = str_copy(c->arena, response->body);
    a->text = str_copy(c->arena, response->error_text);
    for (uint32_t i = 0; i < response->header_count; i++) {
        HttpHeader h = {str_copy(c->arena, response->headers[i].name), str_copy(c->arena, response->headers[i].value)};
        vec_push(c->arena, &a->headers, h);
    }
    if (--c->left == 0) c->done = true;
}

static Answer *start(Client *c, const char *method, const char *path, Str body, HttpRequest more) {
    Answer *a = &c->answers[c->started++];
    *a = (Answer){.client = c};
    more.method = str_of(method);
    more.url = str_format(c->arena, "http://127.0.0.1:%d%s", c->server->port, path);
    more.body = body;
    c->left++;
    c->done = false;
    a->call = http_start(c->loop, &more, on_done, a);
    return a;
}

static void wait_all(Client *c) { assert_true(loop_run_until(c->loop, &c->done)); }

static Answer *get(Client *c, const char *path) {
    Answer *a = start(c, "GET", path, STR_NONE, (HttpRequest){0});
    wait_all(c);
    return a;
}

static void body_headers_and_reuse(void **state) {
    Client *c = *state;
    Answer *a = start(c, "POST", "/echo", STR("ping"), (HttpRequest){0});
    wait_all(c);
    assert_int_equal(a->error, HTTP_OK);
    assert_int_equal(a->status, 200);
    assert_true(a->sent);
    assert_string_equal(a->body.p, "ping");
    HttpResponse r = {.headers = a->headers.at, .header_count = a->headers.n};
    assert_true(str_eqz(http_header(&r, STR("x-ECHO")), "yes"));
    assert_int_equal(a->headers.n, 3);
    assert_true(str_eqz(a->headers.at[1].value, "again"));
    assert_true(str_eqz(get(c, "/connection")->body, "0")); // the same connection
    assert_true(str_eqz(get(c, "/connection")->body, "0"));
    assert_int_equal(c->server->connections, 1);
}

static void what_is_sent(void **state) {
    Client *c = *state;
    HttpHeader headers[] = {{STR("X-One"), STR("1")}, {STR("X-Empty"), STR("")}};
    Answer *a = start(c, "PUT", "/head", STR_NONE, (HttpRequest){.headers = headers, .header_count = 2});
    Answer *b = start(c, "DELETE", "/head", STR_NONE, (HttpRequest){0});
    wait_all(c);
    assert_true(str_starts(a->body, STR("PUT /head HTTP/1.1\r\n")));
    assert_true(str_find(a->body, STR("\r\nX-One: 1\r\n")) > 0);
    assert_true(str_find(a->body, STR("\r\nX-Empty:\r\n")) > 0);
    assert_true(str_find(a->body, STR("\r\nContent-Length: 0\r\n")) > 0);
    assert_true(str_find(a->body, STR("Expect")) < 0 && str_find(a->body, STR("Accept")) < 0);
    assert_true(str_find(a->body, STR("Content-Type")) < 0 && str_find(a->body, STR("User-Agent")) < 0);
    assert_true(str_find(b->body, STR("Content-Length")) < 0);
    a = get(c, "/a/../b/./c"); // left as it is
    assert_int_equal(a->status, 404);
}

static void chunked_interim_redirect(void **state) {
    Client *c = *state;
    assert_string_equal(get(c, "/chunked")->body.p, "Wikipedia");
    Answer *a = get(c, "/interim");
    assert_int_equal(a->status, 200);
    assert_true(str_eqz(a->headers.at[0].name, "X-Late"));
    assert_int_equal(get(c, "/redirect")->status, 301); // an answer like any other
}

static void large_both_ways(void **state) {
    Client *c = *state;
    Buf big = buf_in(c->arena);
    for (int i = 0; i < 300000; i++) buf_format(&big, "%07d\n", i);
    Answer *a = start(c, "PUT", "/echo", buf_str(&big), (HttpRequest){0});
    wait_all(c);
    assert_true(str_eq(a->body, buf_str(&big)));
}

static void failures(void **state) {
    Client *c = *state;
    assert_int_equal(get(c, "/cut")->error, HTTP_BROKEN);
    assert_int_equal(get(c, "/garbage")->error, HTTP_BROKEN);
    Answer *a = start(c, "GET", "/endless", STR_NONE, (HttpRequest){.max_body = 10000});
    wait_all(c);
    assert_int_equal(a->error, HTTP_TOO_LARGE);
    a = start(c, "POST", "/echo", STR("12345"), (HttpRequest){.max_body = 4});
    wait_all(c);
    assert_int_equal(a->error, HTTP_TOO_LARGE);
    assert_true(a->sent);
}

static void never_connected(void **state) {
    Client *c = *state;
    int fd = socket(AF_INET, SOCK_STREAM, 0); // bound but not listening: refuses
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
    getsockname(fd, (struct sockaddr *)&address, &n);
    c->left = 3;
    Answer *a = &c->answers[0];
    for (int i = 0; i < 3; i++) a[i].client = c;
    Str refused = str_format(c->arena, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    http_start(c->loop, &(HttpRequest){.method = STR("GET"), .url = refused}, on_done, &a[0]);
    http_start(c->loop, &(HttpRequest){.method = STR("GET"), .url = STR("ftp://127.0.0.1/")}, on_done, &a[1]);
    http_start(c->loop, &(HttpRequest){.method = STR("GET"), .url = STR("http://")}, on_done, &a[2]);
    wait_all(c);
    close(fd);
    assert_int_equal(a[0].error, HTTP_CONNECT);
    assert_false(a[0].sent);
    assert_true(a[0].text.n > 0);
    assert_int_equal(a[1].error, HTTP_BAD_URL);
    assert_int_equal(a[2].error, HTTP_BAD_URL);
}

// A kept connection that dies: a write that may have happened is not sent again behind the caller's back.
static void a_lost_answer_is_told(void **state) {
    Client *c = *state;
    get(c, "/connection");
    Answer *a = start(c, "POST", "/drop", STR("x"), (HttpRequest){0});
    wait_all(c);
    assert_int_equal(a->error, HTTP_BROKEN);
    assert_true(a->sent);
    assert_int_equal(c->server->drops, 1);
}

static void post_to_loop_fake(void *ctx) {
    Client *c = ctx;
    loop_set_fake(c->loop, true);
}

static void arrived_then_time_passes(void *ctx) {
    Client *c = ctx;
    loop_post_from_thread(c->loop, post_to_loop_fake, c);
}

static void no_answer_in_time(void **state) {
    Client *c = *state;
    c->server->arrived = arrived_then_time_passes;
    c->server->ctx = c;
    Answer *a = get(c, "/hang");
    assert_int_equal(a->error, HTTP_TIMEOUT);
    assert_true(a->sent);
}

static void cancel_first(void *ctx) {
    Client *c = ctx;
    http_cancel(c->answers[0].call);
    assert_false(c->answers[0].got); // later, from the loop
}

static void arrived_then_cancel(void *ctx) {
    Client *c = ctx;
    loop_post_from_thread(c->loop, cancel_first, c);
}

static void cancelled(void **state) {
    Client *c = *state;
    c->server->arrived = arrived_then_cancel;
    c->server->ctx = c;
    assert_int_equal(get(c, "/hang")->error, HTTP_CANCELLED);
    Answer *a = start(c, "GET", "/echo", STR_NONE, (HttpRequest){0});
    http_cancel(a->call); // before it was sent
    wait_all(c);
    assert_int_equal(a->error, HTTP_CANCELLED);
    assert_int_equal(c->server->requests, 1);
    assert_int_equal(get(c, "/echo")->error, HTTP_OK);
}

static void a_hundred_at_once(void **state) {
    Client *c = *state;
    for (int i = 0; i < 100; i++) start(c, "POST", "/echo", str_format(c->arena, "%d", i), (HttpRequest){0});
    wait_all(c);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(c->answers[i].error, HTTP_OK);
        assert_string_equal(c->answers[i].body.p, str_format(c->arena, "%d", i).p);
    }
    assert_int_equal(c->server->requests, 100);
}

static void child_done(void *ctx, int status, Str out, Str err) {
    Client *c = ctx;
    (void)err;
    assert_int_equal(status, 0);
    c->answers[0].text = str_copy(c->arena, out);
    c->done = true;
}

static void children_inherit_no_connection(void **state) {
    Client *c = *state;
    Diags diags = diags_in(c->arena);
    get(c, "/echo"); // kept open
    const char *argv[] = {"ls", "-l", "/proc/self/fd", NULL};
    ChildSpec spec = {.argv = argv, .max_output = 1 << 16, .done = child_done, .ctx = c};
    c->done = false;
    assert_non_null(child_start(c->loop, &spec, &diags));
    wait_all(c);
    assert_true(c->answers[0].text.n > 0);
    assert_true(str_find(c->answers[0].text, STR("socket")) < 0);
}

static void ended_with_calls_under_way(void **state) {
    Client *c = *state;
    for (int i = 0; i < 5; i++) start(c, "GET", "/echo", STR_NONE, (HttpRequest){0});
    loop_poll(c->loop);
}

typedef struct Scripted {
    Loop *loop;
    HttpDone done;
    void *ctx;
    Str url;
} Scripted;

static void scripted_answer(void *ctx) {
    Scripted *s = ctx;
    s->done(s->ctx, &(HttpResponse){.status = 418, .body = s->url, .sent = true});
}

static void *scripted_start(void *transport, const HttpRequest *request, HttpDone done, void *ctx) {
    Scripted *s = transport;
    s->done = done;
    s->ctx = ctx;
    s->url = str_copy(loop_process(s->loop)->arena, request->url);
    loop_post(s->loop, scripted_answer, s);
    return s;
}

static void scripted_cancel(void *transport, void *handle) { assert_ptr_equal(transport, handle); }

static void transport_of_a_test(void **state) {
    Client *c = *state;
    Scripted s = {.loop = c->loop};
    http_set_transport(c->loop, &(HttpTransport){scripted_start, scripted_cancel, &s});
    Answer *a = get(c, "/x");
    assert_int_equal(a->status, 418);
    assert_true(str_ends(a->body, STR("/x")));
    http_set_transport(c->loop, NULL);
    assert_int_equal(get(c, "/echo")->status, 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(body_headers_and_reuse, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(chunked_interim_redirect, setup, teardown),
        cmocka_unit_test_setup_teardown(large_both_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(failures, setup, teardown),
        cmocka_unit_test_setup_teardown(never_connected, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_answer_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(no_answer_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(cancelled, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hundred_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(children_inherit_no_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(ended_with_calls_under_way, setup, teardown),
        cmocka_unit_test_setup_teardown(transport_of_a_test, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
