#include "tests/harness/unit.h"

#include "engine/base/diag.h"
#include "engine/base/secret.h"

#include <string.h>

static const char source[] = "# Zones\n"
                             "resource \"terraform_data\" \"a\" {\n"
                             "\tinput = var.zone.nope\n"
                             "  \"é漢\" = \"hunter22\" + 1\n"
                             "  many = [\n1,\n2,\n3,\n4,\n5,\n]\n"
                             "}\n";

static Span span_of(const SourceFile *file, const char *text) {
    ptrdiff_t at = str_find(file->text, str_of(text));
    assert_true(at >= 0);
    return (Span){file->base + (uint32_t)at, (uint32_t)strlen(text)};
}

typedef struct Fixture {
    Process *process;
    const SourceFile *file;
    Diags diags;
} Fixture;

static Fixture fixture(void) {
    Process *process = test_process();
    return (Fixture){process, source_add(process, STR("main.infra"), str_of(source)), diags_in(process->arena)};
}

static void assert_rendered(Fixture *f, const Diag *diag, DiagStyle style, const char *want) {
    Buf out = buf_in(f->process->arena);
    diag_render(f->process, diag, style, &out);
    assert_string_equal(out.p, want);
}

static void shows_place_carets_values_and_detail(void **state) {
    (void)state;
    Fixture f = fixture();
    Diag *diag =
        diag_add(&f.diags, SEV_ERROR, "unsupported_attribute", span_of(f.file, ".nope"), STR("Unsupported attribute"),
                 STR("A string has no attributes, so that there is none of the name \"nope\" in it.\n\n  - kept "
                     "as it is, however long the line may be in the end\n"));
    diag->context = span_of(f.file, source + 8);
    diag->address = STR("terraform_data.a[\"x\"]");
    diag_value(&f.diags, diag, STR("var.zone"), STR("is \"eu-west-1a\""));
    assert_rendered(&f, diag, (DiagStyle){.width = 40},
                    "╷\n"
                    "│ Error: Unsupported attribute\n"
                    "│\n"
                    "│   with terraform_data.a[\"x\"],\n"
                    "│   on main.infra line 3, in resource \"terraform_data\" \"a\":\n"
                    "│    3: \tinput = var.zone.nope\n"
                    "│       \t                ^^^^^\n"
                    "│     ├────────────────\n"
                    "│     │ var.zone is \"eu-west-1a\"\n"
                    "│\n"
                    "│ A string has no attributes, so that\n"
                    "│ there is none of the name \"nope\" in\n"
                    "│ it.\n"
                    "│\n"
                    "│   - kept as it is, however long the line may be in the end\n"
                    "╵\n");
    process_free(f.process);
}

static void colors_underline_instead_of_carets(void **state) {
    (void)state;
    Fixture f = fixture();
    Diag *diag = diag_add(&f.diags, SEV_WARNING, "w", span_of(f.file, "var.zone"), STR("Old"), STR("Gone soon."));
    assert_rendered(&f, diag, (DiagStyle){.color = true},
                    "\x1b[33m╷\x1b[0m\n"
                    "\x1b[33m│\x1b[0m \x1b[1m\x1b[33mWarning: \x1b[0m\x1b[1mOld\x1b[0m\n"
                    "\x1b[33m│\x1b[0m\n"
                    "\x1b[33m│\x1b[0m   on main.infra line 3:\n"
                    "\x1b[33m│\x1b[0m    3: \tinput = \x1b[1;4mvar.zone\x1b[0m.nope\n"
                    "\x1b[33m│\x1b[0m\n"
                    "\x1b[33m│\x1b[0m Gone soon.\n"
                    "\x1b[33m╵\x1b[0m\n");
    process_free(f.process);
}

static void wide_characters_take_two_columns(void **state) {
    (void)state;
    Fixture f = fixture();
    Diag *diag = diag_add(&f.diags, SEV_ERROR, "e", span_of(f.file, "\"é漢\""), STR("Bad name"), STR_NONE);
    assert_rendered(&f, diag, (DiagStyle){.ascii = true},
                    "Error: Bad name\n\n"
                    "  on main.infra line 4:\n"
                    "   4:   \"é漢\" = \"hunter22\" + 1\n"
                    "        ^^^^^\n");
    process_free(f.process);
}

static void long_subjects_are_cut(void **state) {
    (void)state;
    Fixture f = fixture();
    Diag *diag = diag_add(&f.diags, SEV_ERROR, "e", span_of(f.file, "[\n1,\n2,\n3,\n4,\n5,\n]"), STR("Long"), STR_NONE);
    assert_rendered(&f, diag, (DiagStyle){.ascii = true},
                    "Error: Long\n\n"
                    "  on main.infra line 5:\n"
                    "   5:   many = [\n"
                    "               ^\n"
                    "   6: 1,\n   7: 2,\n   8: 3,\n   9: 4,\n      ...\n");
    char line[2000];
    memset(line, 'a', sizeof line);
    line[1500] = 'X';
    const SourceFile *file = source_add(f.process, STR("long"), str_make(line, sizeof line));
    diag = diag_add(&f.diags, SEV_ERROR, "e", (Span){file->base + 1500, 1}, STR("Long"), STR_NONE);
    Buf out = buf_in(f.process->arena);
    diag_render(f.process, diag, (DiagStyle){.ascii = true}, &out);
    assert_true(out.n < 600 && str_find(buf_str(&out), STR("aXa")) > 0);
    process_free(f.process);
}

static void secrets_and_control_characters_go(void **state) {
    (void)state;
    Fixture f = fixture();
    secret_register(f.process, STR("hunter22"));
    Diag *diag = diag_add(&f.diags, SEV_ERROR, "e", span_of(f.file, "+ 1"), STR("Bad hunter22\x1b[2J"),
                          STR("The word hunter22 is wrong."));
    diag_value(&f.diags, diag, STR("x"), STR("is \"hunter22\""));
    assert_rendered(&f, diag, (DiagStyle){.width = 20},
                    "╷\n"
                    "│ Error: Bad (sensitive)␛[2J\n"
                    "│\n"
                    "│   on main.infra line 4:\n"
                    "│    4:   \"é漢\" = \"(sensitive)\" + 1\n"
                    "│     ├────────────────\n"
                    "│     │ x is \"(sensitive)\"\n"
                    "│\n"
                    "│ The word\n"
                    "│ (sensitive) is\n"
                    "│ wrong.\n"
                    "╵\n");
    process_free(f.process);
}

static void needs_no_place(void **state) {
    (void)state;
    Fixture f = fixture();
    Diag *diag = diag_add(&f.diags, SEV_ERROR, "e", SPAN_NONE, STR("No credentials"), STR("Set them."));
    assert_rendered(&f, diag, (DiagStyle){0}, "╷\n│ Error: No credentials\n│\n│ Set them.\n╵\n");
    diag = diag_add(&f.diags, SEV_ERROR, "e", SPAN_NONE, STR("Gone"), STR_NONE);
    assert_rendered(&f, diag, (DiagStyle){0}, "╷\n│ Error: Gone\n╵\n");
    // The end of the file, after its last newline.
    Span end = {f.file->base + (uint32_t)f.file->text.n, 0};
    diag = diag_add(&f.diags, SEV_ERROR, "e", end, STR("Unclosed"), STR_NONE);
    assert_rendered(&f, diag, (DiagStyle){.ascii = true},
                    "Error: Unclosed\n\n  on main.infra line 13:\n  13: \n      ^\n");
    process_free(f.process);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_place_carets_values_and_detail), cmocka_unit_test(colors_underline_instead_of_carets),
        cmocka_unit_test(wide_characters_take_two_columns),     cmocka_unit_test(long_subjects_are_cut),
        cmocka_unit_test(secrets_and_control_characters_go),    cmocka_unit_test(needs_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
