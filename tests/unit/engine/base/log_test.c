#include "tests/harness/unit.h"

#include "engine/base/log.h"
#include "engine/base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void topics_have_levels(void **state) {
    (void)state;
    Process *process = test_process();
    assert_false(log_on(process, LOG_ERROR, "aws"));
    assert_true(log_open(process, STR("warn, aws=TRACE,graph=off"), STR_NONE));
    assert_true(log_on(process, LOG_WARN, "cli") && !log_on(process, LOG_INFO, "cli"));
    assert_true(log_on(process, LOG_TRACE, "aws"));
    assert_false(log_on(process, LOG_ERROR, "graph"));
    assert_true(log_open(process, STR("aws=debug"), STR_NONE));
    assert_true(log_on(process, LOG_DEBUG, "aws") && !log_on(process, LOG_ERROR, "cli"));
    const char *bad[] = {"loud", "aws=loud", "=debug", "aws="};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(log_open(process, str_of(bad[i]), STR_NONE));
        assert_false(log_on(process, LOG_ERROR, "aws"));
    }
    process_free(process);
}

static void lines_are_dated_scrubbed_and_private(void **state) {
    (void)state;
    Process *process = test_process();
    char dir[] = "/tmp/log_test.XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/log", dir);
    secret_register(process, STR("hunter2"));
    for (int round = 0; round < 2; round++) { // appended to
        assert_true(log_open(process, STR("debug"), str_of(path)));
        log_line(process, LOG_DEBUG, "aws", "password %s, %d", "hunter2", round);
        log_line(process, LOG_TRACE, "aws", "not written");
        log_close(process);
    }
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    char got[256] = {0};
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_true(fread(got, 1, sizeof got - 1, f) > 0);
    fclose(f);
    assert_string_equal(got, "2026-01-02T15:04:05.000Z [DEBUG] aws: password (sensitive), 0\n"
                             "2026-01-02T15:04:05.000Z [DEBUG] aws: password (sensitive), 1\n");
    unlink(path);
    rmdir(dir);
    assert_false(log_open(process, STR("debug"), STR("/nonexistent/log")));
    process_free(process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics_have_levels),
        cmocka_unit_test(lines_are_dated_scrubbed_and_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
