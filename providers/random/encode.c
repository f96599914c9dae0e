#include "providers/random/random.h"

#include <string.h>

InfraText encode_hex(const InfraHost *host, InfraArena *arena, InfraText bytes) {
    char *out = host->alloc(arena, bytes.n * 2 + 1);
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char b = (unsigned char)bytes.p[i];
        out[2 * i] = "0123456789abcdef"[b >> 4];
        out[2 * i + 1] = "0123456789abcdef"[b & 15];
    }
    return (InfraText){out, bytes.n * 2};
}

static const char *alphabet(int url) {
    return url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
               : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

InfraText encode_base64(const InfraHost *host, InfraArena *arena, InfraText bytes, int url) {
    const char *letters = alphabet(url);
    char *out = host->alloc(arena, (bytes.n + 2) / 3 * 4 + 1);
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i += 3) {
        uint32_t group = 0;
        size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
        for (size_t k = 0; k < 3; k++) group = group << 8 | (k < have ? (unsigned char)bytes.p[i + k] : 0u);
        for (size_t k = 0; k < 4; k++) {
            if (k <= have)
                out[n++] = letters[group >> (18 - 6 * k) & 63];
            else if (!url)
                out[n++] = '=';
        }
    }
    return (InfraText){out, n};
}

int decode_base64(const InfraHost *host, InfraArena *arena, InfraText text, int url, InfraText *out) {
    const char *letters = alphabet(url);
    char *bytes = host->alloc(arena, text.n / 4 * 3 + 4);
    size_t n = 0, used = text.n;
    if (!url) {
        if (text.n % 4) return 0;
        while (used > 0 && text.n - used < 2 && text.p[used - 1] == '=') used--;
    }
    if (used % 4 == 1) return 0;
    uint32_t group = 0;
    for (size_t i = 0; i < used; i++) {
        const char *at = text.p[i] ? strchr(letters, text.p[i]) : NULL;
        if (!at) return 0;
        group = group << 6 | (uint32_t)(at - letters);
        if (i % 4 == 0) continue;
        bytes[n++] = (char)(group >> (6 - 2 * (i % 4)) & 255);
    }
    *out = (InfraText){bytes, n};
    return 1;
}

InfraText encode_decimal(const InfraHost *host, InfraArena *arena, InfraText bytes) {
    size_t cap = bytes.n * 5 / 2 + 2, n = 0;         /* a byte is less than 2.41 digits */
    unsigned char *digits = host->alloc(arena, cap); /* lowest first */
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned carry = (unsigned char)bytes.p[i];
        for (size_t k = 0; k < n; k++) {
            carry += digits[k] * 256u;
            digits[k] = (unsigned char)(carry % 10);
            carry /= 10;
        }
        for (; carry; carry /= 10) digits[n++] = (unsigned char)(carry % 10);
    }
    if (n == 0) n = 1;
    char *out = host->alloc(arena, n + 1);
    for (size_t k = 0; k < n; k++) out[k] = (char)('0' + digits[n - 1 - k]);
    return (InfraText){out, n};
}

InfraText encode_uuid(const InfraHost *host, InfraArena *arena, const unsigned char bytes[16]) {
    InfraText hex = encode_hex(host, arena, (InfraText){(const char *)bytes, 16});
    return host->format(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.p, hex.p + 8, hex.p + 12, hex.p + 16, hex.p + 20);
}

int decode_uuid(const InfraHost *host, InfraArena *arena, InfraText text, InfraText *out) {
    if (text.n != 36) return 0;
    char *lower = host->alloc(arena, 37);
    for (size_t i = 0; i < 36; i++) {
        char c = text.p[i];
        if (c >= 'A' && c <= 'F') c = (char)(c - 'A' + 'a');
        int dash = i == 8 || i == 13 || i == 18 || i == 23;
        int hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex) return 0;
        lower[i] = c;
    }
    *out = (InfraText){lower, 36};
    return 1;
}
