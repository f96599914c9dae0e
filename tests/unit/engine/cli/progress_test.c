#include "engine/cli/progress.h"

#include "tests/harness/unit.h"

typedef struct Screen {
    Cli cli;
    Walk walk;
    StateResource resource;
    StateObject object;
    Buf text;
    Progress progress;
} Screen;

static void write_text(void *ctx, Str bytes) { buf_add(&((Screen *)ctx)->text, bytes); }

// A walk with one row: an object that the configuration does not have.
static void open_screen(Screen *s, Process *p, Arena *arena) {
    *s = (Screen){.cli = {.process = p, .arena = arena, .loop = loop_new(p)}};
    loop_set_fake(s->cli.loop, true);
    s->cli.out = (Out){.write = write_text, .ctx = s};
    s->resource = (StateResource){.address = STR("a.b"), .objects = &s->object, .n = 1};
    s->walk = (Walk){.process = p, .arena = arena, .rows = {.arena = arena}};
    vec_push(arena, &s->walk.prior, ((PriorObject){.resource = &s->resource, .object = &s->object}));
    Row *row = row_at(&s->walk.rows, row_add(&s->walk.rows, 1));
    *row = (Row){.block = UINT32_MAX, .object = 1};
    progress_init(&s->progress, &s->cli, arena);
}

static const char *close_screen(Screen *s) {
    progress_end(&s->progress);
    out_close(&s->cli.out);
    loop_free(s->cli.loop);
    return s->text.p;
}

static void set_flag(void *flag) { *(bool *)flag = true; }

static void pass(Screen *s, int64_t ns) {
    bool over = false;
    timer_start(s->cli.loop, ns, set_flag, &over);
    assert_true(loop_run_until(s->cli.loop, &over));
}

static void tell(Screen *s, ApplyEvent event, JournalAction action, const char *words) {
    ApplyHook hook = {.event = event,
                      .action = action,
                      .elapsed_ns = 25 * NS_PER_S,
                      .cause = ROW_NONE,
                      .id_key = STR("id"),
                      .id_value = STR("x-1"),
                      .words = str_of(words)};
    progress_apply(&s->progress, &s->walk, &hook);
}

static void test_long_operation(void **state) {
    (void)state;
    Process *p = test_process();
    Arena *arena = arena_new(p, LIFE_CONFIG, "test");
    Screen s;
    open_screen(&s, p, arena);
    tell(&s, APPLY_START, ACT_UPDATE, "");
    pass(&s, 15 * NS_PER_S);
    tell(&s, APPLY_STATUS, ACT_UPDATE, "pending");
    pass(&s, 10 * NS_PER_S);
    tell(&s, APPLY_DONE, ACT_UPDATE, "");
    pass(&s, 60 * NS_PER_S); // nothing more is said
    assert_string_equal(close_screen(&s), "a.b: Modifying... [id=x-1]\n"
                                          "a.b: Still modifying... [id=x-1, 10s elapsed]\n"
                                          "a.b: Still modifying... [id=x-1, pending, 20s elapsed]\n"
                                          "a.b: Modifications complete after 25s [id=x-1]\n");
    buf_free(&s.text);
    arena_free(arena);
    process_free(p);
}

static void test_failures(void **state) {
    (void)state;
    Process *p = test_process();
    Arena *arena = arena_new(p, LIFE_CONFIG, "test");
    Screen s;
    open_screen(&s, p, arena);
    s.cli.concise = true;
    tell(&s, APPLY_START, ACT_CREATE, "");
    tell(&s, APPLY_FAILED, ACT_CREATE, "");
    tell(&s, APPLY_SKIPPED, ACT_DELETE, "");
    s.cli.interrupts = 1;
    progress_failures(&s.progress, &s.walk, &s.cli.out);
    assert_string_equal(close_screen(&s), "\nNot done:\n\n  a.b: failed\n  a.b: not tried, because of the interrupt\n");
    buf_free(&s.text);
    arena_free(arena);
    process_free(p);
}

static void test_elapsed(void **state) {
    (void)state;
    static const struct {
        int64_t ms;
        const char *want;
    } cases[] = {{0, "0s"},       {499, "0s"},         {500, "1s"},        {59499, "59s"},
                 {60000, "1m0s"}, {3600000, "1h0m0s"}, {3725000, "1h2m5s"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Buf b = {0};
        progress_elapsed(cases[i].ms * NS_PER_MS, &b);
        assert_string_equal(b.p, cases[i].want);
        buf_free(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_operation),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_elapsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
