// Dates and times as RFC 3339 texts.
#include <stdlib.h>

#include "engine/base/clock.h"
#include "engine/base/process.h"
#include "engine/eval/funcs/funcs.h"

typedef struct Stamp {
    int64_t seconds; // since 1970 in the stamp's own zone
    int32_t nanos;
    int32_t offset; // of the zone, in seconds east of UTC
} Stamp;

typedef struct Parse {
    FuncCall *call;
    int32_t arg;
    Str rest;
} Parse;

// Days since 1970-01-01 of a date of the Gregorian calendar, and back.
static int64_t days_of(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int64_t *year, int *month, int *day) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

static bool parse_fail(Parse *p, const char *what) {
    if (p->rest.n == 0)
        return func_fail(p->call, p->arg, "not a valid RFC3339 timestamp: end of string before %s", what);
    return func_fail(p->call, p->arg, "not a valid RFC3339 timestamp: cannot use %s as %s",
                     call_z(p->call, call_quote(p->call, p->rest, 0)), what);
}

static bool parse_number(Parse *p, size_t digits, int least, int most, const char *what, int *out) {
    Str rest = p->rest;
    *out = 0;
    for (size_t i = 0; i < digits; i++) {
        if (i >= rest.n || rest.p[i] < '0' || rest.p[i] > '9') return parse_fail(p, what);
        *out = *out * 10 + (rest.p[i] - '0');
    }
    if (*out < least || *out > most) return parse_fail(p, what);
    p->rest = str_slice(rest, digits, rest.n);
    return true;
}

static bool parse_mark(Parse *p, char mark) {
    if (p->rest.n && p->rest.p[0] == mark) {
        p->rest = str_slice(p->rest, 1, p->rest.n);
        return true;
    }
    if (mark == 'T') {
        return func_fail(p->call, p->arg, "not a valid RFC3339 timestamp: missing required time introducer 'T'");
    }
    if (p->rest.n == 0) {
        return func_fail(p->call, p->arg, "not a valid RFC3339 timestamp: end of string where \"%c\" is expected",
                         mark);
    }
    return func_fail(p->call, p->arg, "not a valid RFC3339 timestamp: found %s where \"%c\" is expected",
                     call_z(p->call, call_quote(p->call, p->rest, 0)), mark);
}

static int32_t parse_fraction(Parse *p) {
    if (p->rest.n < 2 || p->rest.p[0] != '.' || p->rest.p[1] < '0' || p->rest.p[1] > '9') return 0;
    int32_t nanos = 0, scale = 100000000;
    size_t i = 1;
    for (; i < p->rest.n && p->rest.p[i] >= '0' && p->rest.p[i] <= '9'; i++, scale /= 10) {
        nanos += (p->rest.p[i] - '0') * scale;
    }
    p->rest = str_slice(p->rest, i, p->rest.n);
    return nanos;
}

static bool parse_offset(Parse *p, int32_t *offset) {
    *offset = 0;
    if (p->rest.n == 1 && p->rest.p[0] == 'Z') return true;
    char sign = p->rest.n ? p->rest.p[0] : 0;
    Parse inner = {.call = p->call, .arg = p->arg, .rest = str_slice(p->rest, 1, p->rest.n)};
    int hours, minutes;
    bool shaped = p->rest.n == 6 && (sign == '+' || sign == '-') && p->rest.p[3] == ':';
    if (!shaped || !parse_number(&inner, 2, 0, 23, "UTC offset", &hours) || !parse_mark(&inner, ':') ||
        !parse_number(&inner, 2, 0, 59, "UTC offset", &minutes)) {
        return parse_fail(p, "UTC offset");
    }
    *offset = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
    return true;
}

// loose: an hour may have one digit, as timecmp takes it.
static bool parse_stamp(FuncCall *call, uint32_t arg, bool name_arg, bool loose, Stamp *out) {
    Parse p = {.call = call, .arg = name_arg ? (int32_t)arg : -1, .rest = call_str(call, arg)};
    int year, month, day, hour, minute, second;
    bool fine = parse_number(&p, 4, 0, 9999, "year", &year) && parse_mark(&p, '-') &&
                parse_number(&p, 2, 1, 12, "month", &month) && parse_mark(&p, '-') &&
                parse_number(&p, 2, 1, 31, "day of month", &day) && parse_mark(&p, 'T');
    size_t digits = loose && p.rest.n > 1 && p.rest.p[1] == ':' ? 1 : 2;
    fine = fine && parse_number(&p, digits, 0, 23, "hour", &hour) && parse_mark(&p, ':') &&
           parse_number(&p, 2, 0, 59, "minute", &minute) && parse_mark(&p, ':') &&
           parse_number(&p, 2, 0, 59, "second", &second);
    if (!fine) return false;
    out->nanos = parse_fraction(&p);
    if (!parse_offset(&p, &out->offset)) return false;
    int64_t days = days_of(year, month, day), check_year;
    int check_month, check_day;
    date_of(days, &check_year, &check_month, &check_day);
    if (check_month != month) return func_fail(call, p.arg, "not a valid RFC3339 timestamp: day out of range");
    out->seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

static int64_t utc(const Stamp *s) { return s->seconds - s->offset; }

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && a < 0); }

typedef struct Civil {
    int64_t year, days;
    int month, day, hour, minute, second;
} Civil;

static Civil civil_of(const Stamp *s) {
    Civil c;
    c.days = floor_div(s->seconds, 86400);
    int64_t rest = s->seconds - c.days * 86400;
    date_of(c.days, &c.year, &c.month, &c.day);
    c.hour = (int)(rest / 3600);
    c.minute = (int)(rest / 60 % 60);
    c.second = (int)(rest % 60);
    return c;
}

static void print_offset(int32_t offset, bool colon, Buf *out) {
    int32_t size = offset < 0 ? -offset : offset;
    buf_format(out, "%c%02d%s%02d", offset < 0 ? '-' : '+', size / 3600, colon ? ":" : "", size / 60 % 60);
}

bool datetime_timestamp(FuncCall *call, Value *out) {
    Buf buf = buf_in(call->arena);
    clock_rfc3339(call->context->now_ns, 0, false, &buf);
    return call_string(call, buf_str(&buf), out);
}

bool datetime_plantimestamp(FuncCall *call, Value *out) {
    Process *p = call_process(call);
    if (call->context->now_ns) return datetime_timestamp(call, out);
    *out = value_unknown(p, type_string(p));
    return true;
}

bool datetime_timecmp(FuncCall *call, Value *out) {
    Stamp a = {0}, b = {0};
    if (!parse_stamp(call, 0, true, true, &a) || !parse_stamp(call, 1, true, true, &b)) return false;
    int order = (utc(&a) > utc(&b)) - (utc(&a) < utc(&b));
    if (order == 0) order = (a.nanos > b.nanos) - (a.nanos < b.nanos);
    *out = value_int_prec(order, NUM_PRECISION_COUNT);
    return true;
}

static bool parse_duration(FuncCall *call, uint32_t arg, int64_t *out) {
    Str text = call_str(call, arg), rest = text;
    bool minus = rest.n && rest.p[0] == '-';
    if (rest.n && (rest.p[0] == '-' || rest.p[0] == '+')) rest = str_slice(rest, 1, rest.n);
    if (clock_parse_duration(rest, out)) {
        if (minus) *out = -*out;
        return true;
    }
    return func_fail(call, -1, "time: invalid duration %s", call_z(call, call_quote(call, text, 0)));
}

bool datetime_timeadd(FuncCall *call, Value *out) {
    Stamp s = {0};
    int64_t duration;
    if (!parse_stamp(call, 0, false, false, &s) || !parse_duration(call, 1, &duration)) return false;
    int64_t nanos = s.nanos + duration % NS_PER_S;
    s.seconds += duration / NS_PER_S + floor_div(nanos, NS_PER_S);
    Civil c = civil_of(&s);
    Buf buf = buf_in(call->arena);
    buf_format(&buf, "%s%04lld-%02d-%02dT%02d:%02d:%02d", c.year < 0 ? "-" : "", llabs((long long)c.year), c.month,
               c.day, c.hour, c.minute, c.second);
    if (s.offset)
        print_offset(s.offset, true, &buf);
    else
        buf_char(&buf, 'Z');
    return call_string(call, buf_str(&buf), out);
}

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const weekdays[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};

static void print_number(int64_t n, size_t digits, Buf *out) {
    buf_format(out, digits > 1 ? "%02lld" : "%lld", (long long)n);
}

static bool print_named(const char *name, size_t letters, Buf *out) {
    if (letters == 3)
        buf_bytes(out, name, 3);
    else
        buf_z(out, name);
    return true;
}

static bool print_zone(const Stamp *s, size_t n, Buf *out) {
    if (n == 1 && s->offset == 0)
        buf_char(out, 'Z');
    else if (n == 3 && s->offset == 0)
        buf_z(out, "UTC");
    else if (n == 1 || n == 5)
        print_offset(s->offset, true, out);
    else if (n == 3 || n == 4)
        print_offset(s->offset, false, out);
    else
        return false;
    return true;
}

// One run of the same letter. NULL, or which runs there are.
static const char *print_verb(const Stamp *s, const Civil *c, char verb, size_t n, Buf *out) {
    int half = c->hour % 12 ? c->hour % 12 : 12;
    int64_t weekday = c->days - floor_div(c->days, 7) * 7;
    switch (verb) {
    case 'Y':
        if (n == 2)
            print_number(c->year % 100, 2, out);
        else if (n == 4)
            buf_format(out, "%04lld", (long long)c->year);
        return n == 2 || n == 4 ? NULL : "year must either be \"YY\" or \"YYYY\"";
    case 'M':
        if (n <= 2)
            print_number(c->month, n, out);
        else
            print_named(months[c->month - 1], n, out);
        return n <= 4 ? NULL : "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"";
    case 'D': print_number(c->day, n, out); return n <= 2 ? NULL : "day of month must either be \"D\" or \"DD\"";
    case 'E':
        print_named(weekdays[weekday], n, out);
        return n == 3 || n == 4 ? NULL : "day of week must either be \"EEE\" or \"EEEE\"";
    case 'h': print_number(c->hour, n, out); return n <= 2 ? NULL : "24-hour must either be \"h\" or \"hh\"";
    case 'H': print_number(half, n, out); return n <= 2 ? NULL : "12-hour must either be \"H\" or \"HH\"";
    case 'A': buf_z(out, c->hour < 12 ? "AM" : "PM"); return n == 2 ? NULL : "must be \"AA\"";
    case 'a': buf_z(out, c->hour < 12 ? "am" : "pm"); return n == 2 ? NULL : "must be \"aa\"";
    case 'm': print_number(c->minute, n, out); return n <= 2 ? NULL : "minute must either be \"m\" or \"mm\"";
    case 's': print_number(c->second, n, out); return n <= 2 ? NULL : "second must either be \"s\" or \"ss\"";
    case 'Z': return print_zone(s, n, out) ? NULL : "timezone must be Z, ZZZZ, or ZZZZZ";
    default: return "";
    }
}

// A text in single quotes, in which two quotes stand for one; two quotes alone are a quote.
static bool print_quoted(FuncCall *call, Str format, size_t *i, Buf *out) {
    if (*i + 1 < format.n && format.p[*i + 1] == '\'') {
        buf_char(out, '\'');
        *i += 2;
        return true;
    }
    for (++*i; *i < format.n; ++*i) {
        if (format.p[*i] != '\'') {
            buf_char(out, format.p[*i]);
        } else if (*i + 1 < format.n && format.p[*i + 1] == '\'') {
            buf_char(out, '\'');
            ++*i;
        } else {
            ++*i;
            return true;
        }
    }
    return func_fail(call, 0, "unterminated literal '");
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool datetime_formatdate(FuncCall *call, Value *out) {
    Stamp s = {0};
    if (!parse_stamp(call, 1, true, false, &s)) return false;
    Civil c = civil_of(&s);
    Str format = call_str(call, 0);
    Buf buf = buf_in(call->arena);
    for (size_t i = 0; i < format.n;) {
        char verb = format.p[i];
        if (verb == '\'') {
            if (!print_quoted(call, format, &i, &buf)) return false;
            continue;
        }
        if (!is_letter(verb)) {
            buf_char(&buf, verb);
            i++;
            continue;
        }
        size_t n = 1;
        while (i + n < format.n && format.p[i + n] == verb) n++;
        const char *why = print_verb(&s, &c, verb, n, &buf);
        if (why) {
            return func_fail(call, 0, "invalid date format verb \"%.*s\"%s%s", (int)n, format.p + i, *why ? ": " : "",
                             why);
        }
        i += n;
    }
    return call_string(call, buf_str(&buf), out);
}
