// IP networks. An address is a 128-bit number; that of IPv4 has its 32 bits at the bottom.
#include <arpa/inet.h>

#include "engine/eval/funcs/funcs.h"

__extension__ typedef unsigned __int128 Bits;

typedef struct Network {
    Bits at;         // the first address
    uint32_t prefix; // bits of it that are fixed
    uint32_t bits;   // 32 or 128
} Network;

static Bits ones(uint32_t n) { return n >= 128 ? ~(Bits)0 : ((Bits)1 << n) - 1; }

// The addresses of a network beyond its first, as a number: its host mask.
static Bits hosts(uint32_t bits, uint32_t prefix) { return ones(bits - prefix); }

// Dotted decimal. Leading zeros are allowed and mean nothing, as in the peer.
static bool parse_v4(Str text, Bits *out) {
    uint32_t parts = 0;
    Str rest = text, part;
    *out = 0;
    while (str_next(&rest, '.', &part)) {
        uint32_t n = 0;
        if (part.n == 0 || part.n > 8 || ++parts > 4) return false;
        for (size_t i = 0; i < part.n; i++) {
            if (part.p[i] < '0' || part.p[i] > '9') return false;
            n = n * 10 + (uint32_t)(part.p[i] - '0');
        }
        if (n > 255) return false;
        *out = *out << 8 | n;
    }
    return parts == 4;
}

static bool parse_address(Str text, Bits *out, uint32_t *bits) {
    char z[64];
    if (str_find_char(text, ':') < 0) {
        *bits = 32;
        return parse_v4(text, out);
    }
    uint8_t bytes[16];
    *bits = 128;
    if (text.n >= sizeof z) return false;
    memcpy(z, text.p, text.n);
    z[text.n] = 0;
    if (inet_pton(AF_INET6, z, bytes) != 1) return false;
    *out = 0;
    for (int i = 0; i < 16; i++) *out = *out << 8 | bytes[i];
    return true;
}

static bool parse_prefix(Str text, uint32_t most, uint32_t *out) {
    *out = 0;
    if (text.n == 0 || text.n > 8) return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9') return false;
        *out = *out * 10 + (uint32_t)(text.p[i] - '0');
    }
    return *out <= most;
}

static bool parse_network(Str text, Network *out) {
    ptrdiff_t slash = str_find_char(text, '/');
    if (slash < 0) return false;
    Str address = str_slice(text, 0, (size_t)slash), prefix = str_slice(text, (size_t)slash + 1, text.n);
    if (!parse_address(address, &out->at, &out->bits) || !parse_prefix(prefix, out->bits, &out->prefix)) return false;
    out->at &= ~hosts(out->bits, out->prefix);
    return true;
}

static bool network_arg(FuncCall *call, uint32_t i, int32_t arg, const char *before, Network *out) {
    Str text = call_str(call, i);
    if (parse_network(text, out)) return true;
    return func_fail(call, arg, "%sinvalid CIDR address: %.*s", before, STR_ARG(text));
}

static void print_address(Bits at, uint32_t bits, Buf *out) {
    bool mapped = bits == 128 && at >> 32 == 0xFFFF;
    if (bits == 32 || mapped) {
        uint32_t v4 = (uint32_t)at;
        buf_format(out, "%u.%u.%u.%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
        return;
    }
    uint8_t bytes[16];
    for (int i = 15; i >= 0; i--, at >>= 8) bytes[i] = (uint8_t)at;
    // glibc writes the last 32 bits of ::x:y in dots; the groups are written here instead.
    uint32_t groups[8], best = 8, length = 1;
    for (uint32_t i = 0; i < 8; i++) groups[i] = (uint32_t)bytes[2 * i] << 8 | bytes[2 * i + 1];
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t n = 0;
        while (i + n < 8 && groups[i + n] == 0) n++;
        if (n > length) {
            best = i;
            length = n;
        }
    }
    for (uint32_t i = 0; i < 8; i++) {
        if (i == best) {
            buf_z(out, "::");
            i += length - 1;
        } else {
            buf_format(out, "%s%x", i && i != best + length ? ":" : "", groups[i]);
        }
    }
}

static void print_network(const Network *n, Buf *out) {
    print_address(n->at, n->bits, out);
    buf_format(out, "/%u", n->prefix);
}

// A whole number of up to 128 bits beside its sign. False after func_fail.
static bool wide_arg(FuncCall *call, uint32_t i, bool *minus, Bits *out, bool *fits) {
    const Num *num = value_number(call->arena, call->args[i]);
    if (!num_is_int(num)) return func_fail(call, -1, "value must be a whole number");
    Buf text = buf_in(call->arena);
    num_print(num, &text);
    *minus = text.n && text.p[0] == '-';
    *out = 0;
    *fits = text.n < 60;
    for (size_t k = *minus ? 1 : 0; k < text.n && *fits; k++) {
        Bits next = *out * 10 + (uint32_t)(text.p[k] - '0');
        *fits = *out <= ~(Bits)0 / 10 && next >= *out;
        *out = next;
    }
    return true;
}

static const char *shown_number(FuncCall *call, uint32_t i) {
    Buf text = buf_in(call->arena);
    num_print(value_number(call->arena, call->args[i]), &text);
    return call_z(call, buf_str(&text));
}

bool cidr_cidrhost(FuncCall *call, Value *out) {
    Network n = {0};
    bool minus = false, fits = false;
    Bits number = 0;
    if (!wide_arg(call, 1, &minus, &number, &fits)) return false;
    if (!network_arg(call, 0, -1, "invalid CIDR expression: ", &n)) return false;
    Bits most = hosts(n.bits, n.prefix);
    // A negative number counts from the end: -1 is the last address.
    Bits distance = minus && number ? number - 1 : number;
    if (!fits || distance > most) {
        return func_fail(call, -1, "prefix of %u does not accommodate a host numbered %s", n.prefix,
                         shown_number(call, 1));
    }
    Buf buf = buf_in(call->arena);
    print_address(n.at | (minus && number ? most - distance : number), n.bits, &buf);
    return call_string(call, buf_str(&buf), out);
}

bool cidr_cidrnetmask(FuncCall *call, Value *out) {
    Network n = {0};
    if (!network_arg(call, 0, -1, "invalid CIDR expression: ", &n)) return false;
    if (n.bits != 32) {
        return func_fail(call, -1, "IPv6 addresses cannot have a netmask: %.*s", STR_ARG(call_str(call, 0)));
    }
    Buf buf = buf_in(call->arena);
    print_address(ones(32) & ~hosts(32, n.prefix), 32, &buf);
    return call_string(call, buf_str(&buf), out);
}

bool cidr_cidrsubnet(FuncCall *call, Value *out) {
    Network n = {0};
    int64_t extra = 0;
    bool minus = false, fits = false;
    Bits number = 0;
    if (!call_int(call, 1, false, &extra) || !wide_arg(call, 2, &minus, &number, &fits)) return false;
    if (!network_arg(call, 0, -1, "invalid CIDR expression: ", &n)) return false;
    // A network may be widened too, as in the peer.
    if (extra < 0 && -extra > n.prefix) return func_fail(call, 1, "the prefix has only %u bits", n.prefix);
    if (extra > n.bits - n.prefix) {
        return func_fail(call, -1, "insufficient address space to extend prefix of %u by %lld", n.prefix,
                         (long long)extra);
    }
    if (!fits || (minus && number) || number > (extra < 0 ? 0 : ones((uint32_t)extra))) {
        return func_fail(call, -1, "prefix extension of %lld does not accommodate a subnet numbered %s",
                         (long long)extra, shown_number(call, 2));
    }
    n.prefix = (uint32_t)(n.prefix + extra);
    if (n.prefix) n.at |= number << (n.bits - n.prefix);
    Buf buf = buf_in(call->arena);
    print_network(&n, &buf);
    return call_string(call, buf_str(&buf), out);
}

static bool subnet_length(FuncCall *call, uint32_t i, const Network *base, uint32_t *prefix) {
    int64_t extra = 0;
    if (!call_int(call, i, true, &extra)) return false;
    if (extra < 1) return func_fail(call, (int32_t)i, "must extend prefix by at least one bit");
    if (extra > 32) return func_fail(call, (int32_t)i, "may not extend prefix by more than 32 bits");
    *prefix = base->prefix + (uint32_t)extra;
    if (*prefix <= base->bits) return true;
    return func_fail(call, (int32_t)i, "would extend prefix to %u bits, which is too long for an %s address", *prefix,
                     base->bits == 32 ? "IPv4" : "IPv6");
}

bool cidr_cidrsubnets(FuncCall *call, Value *out) {
    Network base = {0};
    if (!network_arg(call, 0, 0, "invalid CIDR expression: ", &base)) return false;
    Bits last = base.at | hosts(base.bits, base.prefix), at = base.at;
    bool full = false; // the last address is taken
    ListData *data = value_list_data(call->arena, type_string(call_process(call)), call->n - 1);
    Network before = base;
    for (uint32_t i = 1; i < call->n; i++) {
        Network n = {.bits = base.bits};
        if (!subnet_length(call, i, &base, &n.prefix)) return false;
        Bits size = hosts(n.bits, n.prefix);
        // The next place where a network of this size may start.
        n.at = (at + size) & ~size;
        if (full || n.at < at || n.at > last) {
            Buf shown = buf_in(call->arena);
            print_network(&before, &shown);
            return func_fail(call, (int32_t)i,
                             "not enough remaining address space for a subnet with a prefix of %u bits "
                             "after %.*s",
                             n.prefix, STR_ARG(buf_str(&shown)));
        }
        before = n;
        full = (n.at | size) == last;
        at = (n.at | size) + 1;
        Buf buf = buf_in(call->arena);
        print_network(&n, &buf);
        data->at[i - 1] = value_string_raw(call->arena, buf_str(&buf));
    }
    *out = value_finish_list(call->arena, TYPE_LIST, data, call->n - 1);
    return true;
}

bool cidr_cidrcontains(FuncCall *call, Value *out) {
    Network in = {0}, what = {0};
    Str text = call_str(call, 1);
    if (!network_arg(call, 0, -1, "", &in)) return false;
    bool address = parse_address(text, &what.at, &what.bits);
    if (address)
        what.prefix = what.bits;
    else if (!parse_network(text, &what))
        return func_fail(call, -1, "invalid IP address or prefix: %.*s", STR_ARG(text));
    if (what.bits != in.bits) {
        return func_fail(call, -1, "address family mismatch: %.*s vs. %.*s", STR_ARG(call_str(call, 0)), STR_ARG(text));
    }
    Bits mask = ~hosts(in.bits, in.prefix);
    Bits end = what.at | hosts(what.bits, what.prefix);
    *out = value_bool((what.at & mask) == in.at && (end & mask) == in.at);
    return true;
}
