#include "engine/report/report.h"

// Written on as soon as so much is there.
#define OUT_CHUNK 8192u

void out_flush(Out *o) {
    if (o->buf.n) o->write(o->ctx, buf_str(&o->buf));
    buf_clear(&o->buf);
}

void out_close(Out *o) {
    out_flush(o);
    buf_free(&o->buf);
}

static void out_long(Out *o, Str s) {
    if (o->buf.cap < OUT_CHUNK) buf_reserve(&o->buf, OUT_CHUNK);
    while (o->buf.n + s.n >= OUT_CHUNK) {
        Str head = str_slice(s, 0, o->buf.n < OUT_CHUNK ? OUT_CHUNK - o->buf.n : 0);
        buf_add(&o->buf, head);
        out_flush(o);
        s = str_slice(s, head.n, s.n);
    }
    buf_add(&o->buf, s);
}

void out_add(Out *o, Str s) {
    if (o->buf.n == 0 || o->buf.n + s.n >= OUT_CHUNK) {
        out_long(o, s);
        return;
    }
    if (s.n) memcpy(buf_reserve(&o->buf, s.n), s.p, s.n);
    o->buf.n += s.n;
}

void out_format(Out *o, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vformat(&o->buf, format, args);
    va_end(args);
    if (o->buf.n >= OUT_CHUNK) out_flush(o);
}
