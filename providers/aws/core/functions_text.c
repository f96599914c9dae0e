// Functions over text: normal forms, and pieces of identifiers.
#include <arpa/inet.h>

#include "engine/value/json.h"
#include "providers/aws/core/functions.h"

static Str arg(const FuncCall *call, uint32_t i) { return value_str(call->args[i]); }

static bool give(FuncCall *call, Str s, Value *out) {
    *out = value_string(call->arena, s);
    return true;
}

static Str after_last(Str s, char c) {
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == c) return str_slice(s, i, s.n);
    return s;
}

bool fn_last_segment(FuncCall *call, Value *out) { return give(call, after_last(arg(call, 0), '/'), out); }
bool fn_last_colon(FuncCall *call, Value *out) { return give(call, after_last(arg(call, 0), ':'), out); }

// arn:partition:service:region:account:resource
bool fn_arn_part(FuncCall *call, Value *out) {
    static const char *const parts[] = {"arn", "partition", "service", "region", "account", "resource"};
    Str rest = arg(call, 0), piece;
    for (int i = 0; i < 6; i++) {
        if (i == 5)
            piece = rest;
        else if (!str_next(&rest, ':', &piece))
            break;
        if (str_eqz(arg(call, 1), parts[i])) return give(call, piece, out);
    }
    *out = value_null(arena_process(call->arena), type_string(arena_process(call->arena)));
    return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

bool fn_prefix_of(FuncCall *call, Value *out) {
    enum { TIME = 18, SUFFIX = 26 };
    Value v = call->args[0];
    *out = value_null(arena_process(call->arena), type_string(arena_process(call->arena)));
    if (!value_is_set(v) || v.n < SUFFIX) return true;
    const char *p = v.s + v.n - SUFFIX;
    for (int i = 0; i < SUFFIX; i++)
        if (i < TIME ? !is_digit(p[i]) : !is_hex(p[i])) return true;
    return give(call, str_slice(value_str(v), 0, v.n - SUFFIX), out);
}

bool fn_crc32(FuncCall *call, Value *out) {
    Str s = arg(call, 0);
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < s.n; i++) {
        crc ^= (unsigned char)s.p[i];
        for (int k = 0; k < 8; k++) crc = (crc >> 1) ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    *out = value_int(crc ^ UINT32_MAX);
    return true;
}

static int hex_of(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool fn_urldecode(FuncCall *call, Value *out) {
    Str s = arg(call, 0);
    Buf b = buf_in(call->arena);
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex_of(s.p[i + 1]) : -1, low = high >= 0 ? hex_of(s.p[i + 2]) : -1;
        if (low >= 0) i += 2;
        buf_char(&b, low >= 0 ? (char)(high * 16 + low) : s.p[i] == '+' ? ' ' : s.p[i]);
    }
    return give(call, buf_str(&b), out);
}

// Without fractions of a second.
bool fn_iso_time(FuncCall *call, Value *out) {
    Str s = arg(call, 0);
    ptrdiff_t dot = str_find_char(s, '.');
    if (dot < 0) return give(call, s, out);
    size_t end = (size_t)dot + 1;
    while (end < s.n && is_digit(s.p[end])) end++;
    return give(call, str_concat(call->arena, str_slice(s, 0, (size_t)dot), str_slice(s, end, s.n)), out);
}

bool fn_ip_protocol(FuncCall *call, Value *out) {
    static const struct {
        const char *number, *name;
    } known[] = {{"6", "tcp"},  {"17", "udp"}, {"1", "icmp"}, {"58", "icmpv6"},
                 {"50", "esp"}, {"51", "ah"},  {"all", "-1"}};
    Str s = arg(call, 0);
    Buf lower = buf_in(call->arena);
    for (size_t i = 0; i < s.n; i++) buf_char(&lower, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i]);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eqz(buf_str(&lower), known[i].number)) return give(call, str_of(known[i].name), out);
    return give(call, buf_str(&lower), out);
}

// The network of an address with a prefix length, in the usual spelling.
bool fn_cidr(FuncCall *call, Value *out) {
    Str s = arg(call, 0);
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char bytes[16];
    ptrdiff_t slash = str_find_char(s, '/');
    int64_t bits;
    if (slash < 0 || (size_t)slash > INET6_ADDRSTRLEN || !str_to_i64(str_slice(s, (size_t)slash + 1, s.n), &bits))
        return give(call, s, out);
    memcpy(text, s.p, (size_t)slash);
    text[slash] = '\0';
    int family = inet_pton(AF_INET, text, bytes) == 1 ? AF_INET : inet_pton(AF_INET6, text, bytes) == 1 ? AF_INET6 : 0;
    int size = family == AF_INET ? 4 : 16;
    if (!family || bits < 0 || bits > size * 8) return give(call, s, out);
    for (int i = 0; i < size; i++) {
        int64_t kept = bits - i * 8;
        if (kept <= 0)
            bytes[i] = 0;
        else if (kept < 8)
            bytes[i] = (unsigned char)(bytes[i] & (0xFF << (8 - kept)));
    }
    inet_ntop(family, bytes, text, sizeof text);
    return give(call, str_format(call->arena, "%s/%lld", text, (long long)bits), out);
}

static Str print(Arena *arena, Value v) {
    Buf b = buf_in(arena);
    JsonWriter w = json_writer(&b, 0);
    json_value(&w, v, NULL, JSON_IMPLIED);
    return buf_str(&b);
}

bool fn_json(FuncCall *call, Value *out) {
    Value v;
    JsonError error;
    if (str_empty(str_trim(arg(call, 0))) || !json_decode(call->arena, arg(call, 0), &v, &error))
        return give(call, arg(call, 0), out);
    return give(call, print(call->arena, v), out);
}

// arn:aws:iam::123456789012:root and 123456789012 are the same principal.
static Value principal(Arena *arena, Value v) {
    Str s = value_str(v), rest = s, piece, account = STR_NONE;
    if (!str_starts(s, STR("arn:")) || !str_ends(s, STR(":root"))) return v;
    for (int i = 0; i < 5 && str_next(&rest, ':', &piece); i++)
        if (i == 4) account = piece;
    return account.n == 12 ? value_string(arena, account) : v;
}

static int value_order(Arena *arena, Value a, Value b) { return str_cmp(print(arena, a), print(arena, b)); }

// Arrays are sets, an array of one is its element, scalars are strings. Recursion is bounded by the JSON reader.
static Value policy_form(Arena *arena, Value v) {
    if (!value_is_set(v)) return v;
    if (v.kind == TYPE_STRING) return principal(arena, v);
    if (v.kind == TYPE_BOOL) return value_string(arena, v.i ? STR("true") : STR("false"));
    if (v.kind == TYPE_NUMBER) return value_string(arena, print(arena, v));
    Value *at = ARENA_ARRAY(arena, Value, v.n + 1);
    for (uint32_t i = 0; i < v.n; i++) at[i] = policy_form(arena, value_part(v, i));
    if (v.kind == TYPE_OBJECT) {
        for (uint32_t i = 0; i < v.n; i++) {
            // Principal = "*" is { AWS = "*" }.
            bool all = str_ends(name_str(v.obj->shape->names[i]), STR("Principal")) && at[i].kind == TYPE_STRING &&
                       str_eqz(value_str(at[i]), "*");
            Name aws = name_of(arena_process(arena), STR("AWS"));
            if (all) at[i] = value_object_of(arena, &aws, &at[i], 1);
        }
        return value_object(arena, v.obj->shape, at);
    }
    if (v.n == 1) return at[0];
    for (uint32_t i = 1; i < v.n; i++) {
        Value item = at[i];
        uint32_t j = i;
        for (; j > 0 && value_order(arena, at[j - 1], item) > 0; j--) at[j] = at[j - 1];
        at[j] = item;
    }
    return value_tuple(arena, at, v.n);
}

bool fn_policy(FuncCall *call, Value *out) {
    Value v;
    JsonError error;
    if (str_empty(str_trim(arg(call, 0))) || !json_decode(call->arena, arg(call, 0), &v, &error))
        return give(call, arg(call, 0), out);
    return give(call, print(call->arena, policy_form(call->arena, v)), out);
}
