// Hashes of texts and files.
#include <openssl/evp.h>

#include "engine/eval/funcs/funcs.h"
#include "engine/eval/heavy/heavy.h"

static bool give_hash(FuncCall *call, const EVP_MD *kind, Str bytes, bool base64, Value *out) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!EVP_Digest(bytes.p ? bytes.p : "", bytes.n, digest, &n, kind, NULL)) {
        return func_fail(call, -1, "this hash is not available");
    }
    static const char digits[] = "0123456789abcdef";
    Buf text = buf_in(call->arena);
    if (base64) base64_encode((Str){(const char *)digest, n}, &text);
    for (unsigned i = 0; i < n && !base64; i++) {
        buf_char(&text, digits[digest[i] >> 4]);
        buf_char(&text, digits[digest[i] & 15]);
    }
    return call_string(call, buf_str(&text), out);
}

static bool hash_text(FuncCall *call, const EVP_MD *kind, bool base64, Value *out) {
    return give_hash(call, kind, value_str(call->args[0]), base64, out);
}

static bool hash_file(FuncCall *call, const EVP_MD *kind, bool base64, Value *out) {
    const Str *text = filesystem_read(call, value_str(call->args[0]), 0);
    return text && give_hash(call, kind, *text, base64, out);
}

bool heavy_md5(FuncCall *call, Value *out) { return hash_text(call, EVP_md5(), false, out); }
bool heavy_sha1(FuncCall *call, Value *out) { return hash_text(call, EVP_sha1(), false, out); }
bool heavy_sha256(FuncCall *call, Value *out) { return hash_text(call, EVP_sha256(), false, out); }
bool heavy_sha512(FuncCall *call, Value *out) { return hash_text(call, EVP_sha512(), false, out); }
bool heavy_base64sha256(FuncCall *call, Value *out) { return hash_text(call, EVP_sha256(), true, out); }
bool heavy_base64sha512(FuncCall *call, Value *out) { return hash_text(call, EVP_sha512(), true, out); }
bool heavy_filemd5(FuncCall *call, Value *out) { return hash_file(call, EVP_md5(), false, out); }
bool heavy_filesha1(FuncCall *call, Value *out) { return hash_file(call, EVP_sha1(), false, out); }
bool heavy_filesha256(FuncCall *call, Value *out) { return hash_file(call, EVP_sha256(), false, out); }
bool heavy_filesha512(FuncCall *call, Value *out) { return hash_file(call, EVP_sha512(), false, out); }
bool heavy_filebase64sha256(FuncCall *call, Value *out) { return hash_file(call, EVP_sha256(), true, out); }
bool heavy_filebase64sha512(FuncCall *call, Value *out) { return hash_file(call, EVP_sha512(), true, out); }

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The forms with dashes, with "urn:uuid:" or braces around, and without dashes.
static bool parse_uuid(Str text, uint8_t out[16]) {
    if (text.n == 45 && str_starts(text, STR("urn:uuid:"))) text = str_slice(text, 9, text.n);
    if (text.n == 38) text = str_slice(text, 1, 37);
    bool dashes = text.n == 36;
    if (!dashes && text.n != 32) return false;
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (dashes && (i == 4 || i == 6 || i == 8 || i == 10) && text.p[at++] != '-') return false;
        int high = hex_digit(text.p[at]), low = hex_digit(text.p[at + 1]);
        if (high < 0 || low < 0) return false;
        out[i] = (uint8_t)(high * 16 + low);
        at += 2;
    }
    return true;
}

static bool namespace_of(Str name, uint8_t out[16]) {
    static const struct {
        const char *name, *uuid;
    } known[] = {{"dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
                 {"url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"},
                 {"oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"},
                 {"x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_eqz(name, known[i].name)) name = str_of(known[i].uuid);
    }
    return parse_uuid(name, out);
}

bool heavy_uuidv5(FuncCall *call, Value *out) {
    Str space = value_str(call->args[0]), name = value_str(call->args[1]);
    Buf bytes = buf_in(call->arena);
    uint8_t id[20], prefix[16];
    if (!namespace_of(space, prefix)) {
        return func_fail(call, -1, "uuidv5() doesn't support namespace %.*s (invalid UUID)", STR_ARG(space));
    }
    buf_bytes(&bytes, prefix, sizeof prefix);
    buf_add(&bytes, name);
    if (!EVP_Digest(bytes.p, bytes.n, id, NULL, EVP_sha1(), NULL)) return func_fail(call, -1, "SHA-1 is not available");
    id[6] = (uint8_t)((id[6] & 0x0F) | 0x50);
    id[8] = (uint8_t)((id[8] & 0x3F) | 0x80);
    Buf text = buf_in(call->arena);
    for (int i = 0; i < 16; i++)
        buf_format(&text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned)id[i]);
    return call_string(call, buf_str(&text), out);
}
