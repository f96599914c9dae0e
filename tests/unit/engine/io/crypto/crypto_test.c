#include "tests/harness/cmocka.h"

#include "engine/io/crypto/crypto.h"

static void known_answers(void **state) {
    (void)state;
    const Crypto *crypto = crypto_open(NULL);
    assert_non_null(crypto);
    uint8_t bytes[32];
    Buf hex = {0};
    crypto->sha256(STR("abc"), bytes);
    crypto_hex(bytes, 32, &hex);
    assert_string_equal(hex.p, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    buf_clear(&hex);
    crypto->sha256(STR_NONE, bytes);
    crypto_hex(bytes, 32, &hex);
    assert_string_equal(hex.p, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    buf_clear(&hex);
    crypto->hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), bytes); // RFC 4231, case 2
    crypto_hex(bytes, 32, &hex);
    assert_string_equal(hex.p, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    buf_clear(&hex);
    crypto->sha1(STR("abc"), bytes);
    crypto_hex(bytes, 20, &hex);
    assert_string_equal(hex.p, "a9993e364706816aba3e25717850c26c9cd0d89d");
    buf_clear(&hex);
    crypto->md5(STR("abc"), bytes);
    crypto_hex(bytes, 16, &hex);
    assert_string_equal(hex.p, "900150983cd24fb0d6963f7d28e17f72");
    buf_free(&hex);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_answers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
