// base64gzip and base64gunzip.
#include <zlib.h>

#include "engine/base/limits.h"
#include "engine/base/utf8.h"
#include "engine/eval/funcs/funcs.h"
#include "engine/eval/heavy/heavy.h"

enum { GZIP_WINDOW = 15 + 16, PIECE = 16384 };

bool heavy_base64gzip(FuncCall *call, Value *out) {
    Str text = value_str(call->args[0]);
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return func_fail(call, -1, "failed to compress");
    }
    Buf bytes = buf_in(call->arena), base64 = buf_in(call->arena);
    size_t room = deflateBound(&z, text.n) + 64;
    z.next_in = (Bytef *)(uintptr_t)text.p;
    z.avail_in = (uInt)text.n;
    z.next_out = (Bytef *)buf_reserve(&bytes, room);
    z.avail_out = (uInt)room;
    int result = deflate(&z, Z_FINISH);
    bytes.n = room - z.avail_out;
    deflateEnd(&z);
    if (result != Z_STREAM_END) return func_fail(call, -1, "failed to compress");
    // Byte 9 names the system; the peer always writes "unknown".
    bytes.p[9] = (char)0xFF;
    base64_encode(buf_str(&bytes), &base64);
    return call_string(call, buf_str(&base64), out);
}

static bool inflate_all(FuncCall *call, Str packed, Buf *bytes) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK) return func_fail(call, -1, "failed to gunzip bytestream");
    int result = Z_OK;
    while (result == Z_OK && bytes->n <= LIMIT_SOURCE_BYTES) {
        z.next_out = (Bytef *)buf_reserve(bytes, PIECE);
        z.avail_out = PIECE;
        result = inflate(&z, Z_NO_FLUSH);
        bytes->n += PIECE - z.avail_out;
        if (result == Z_STREAM_END && z.avail_in > 0) result = inflateReset(&z);
    }
    inflateEnd(&z);
    if (bytes->n > LIMIT_SOURCE_BYTES) return func_fail(call, -1, "the unpacked text is too large");
    return result == Z_STREAM_END || func_fail(call, -1, "failed to gunzip bytestream: not valid gzip data");
}

bool heavy_base64gunzip(FuncCall *call, Value *out) {
    Value v = call->args[0];
    Str packed;
    if (!call_base64(call, value_str(v), &packed)) {
        return func_fail(call, -1, "failed to decode base64 data %s",
                         call_z(call, call_quote(call, value_str(v), v.marks)));
    }
    Buf bytes = buf_in(call->arena);
    if (!inflate_all(call, packed, &bytes)) return false;
    *out = value_with_marks(value_string(call->arena, buf_str(&bytes)), v.marks);
    return true;
}
