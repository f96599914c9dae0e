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

void out_add(Out *o, Str s) {
    while (o->buf.n + s.n >= OUT_CHUNK) {
        Str head = str_slice(s, 0, o->buf.n < OUT_CHUNK ? OUT_CHUNK - o->buf.n : 0);
        buf_add(&o->buf, head);
        out_flush(o);
        s = str_slice(s, head.n, s.n);
    }
    buf_add(&o->buf, s);
}

void out_z(Out *o, const char *z) { out_add(o, str_of(z)); }

void out_format(Out *o, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vformat(&o->buf, format, args);
    va_end(args);
    if (o->buf.n >= OUT_CHUNK) out_flush(o);
}
