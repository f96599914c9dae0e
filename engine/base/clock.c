#include "engine/base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t system_time(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t system_wall(const Clock *clock) {
    (void)clock;
    return system_time(CLOCK_REALTIME);
}

static int64_t system_monotonic(const Clock *clock) {
    (void)clock;
    return system_time(CLOCK_MONOTONIC);
}

const Clock *clock_system(void) {
    static const Clock clock = {system_wall, system_monotonic, NULL};
    return &clock;
}

// Days since 1970-01-01 of a date of the Gregorian calendar. Years are counted from March, so that the leap day is
// a year's last.
static int64_t days_of(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int64_t *year, int *month, int *day) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int shifted = (int)((5 * of_year + 2) / 153);
    *day = (int)(of_year - (153 * shifted + 2) / 5) + 1;
    *month = shifted + (shifted < 10 ? 3 : -9);
    *year = years + era * 400 + (*month <= 2);
}

void clock_rfc3339(int64_t wall_ns, int digits, bool trim, Buf *out) {
    int64_t seconds = wall_ns / NS_PER_S, ns = wall_ns % NS_PER_S;
    if (ns < 0) seconds--, ns += NS_PER_S;
    int64_t days = seconds / 86400, left = seconds % 86400;
    if (left < 0) days--, left += 86400;
    int64_t year;
    int month, day, time = (int)left;
    date_of(days, &year, &month, &day);
    buf_format(out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)year, month, day, time / 3600, time / 60 % 60, time % 60);
    if (digits > 0) {
        char fraction[16];
        snprintf(fraction, sizeof fraction, "%09d", (int)ns);
        size_t n = digits < 9 ? (size_t)digits : 9;
        while (trim && n > 0 && fraction[n - 1] == '0') n--;
        if (n > 0) {
            buf_char(out, '.');
            buf_bytes(out, fraction, n);
        }
    }
    buf_char(out, 'Z');
}

// Exactly n digits at the start of *s.
static bool cut_digits(Str *s, size_t n, int *out) {
    if (s->n < n) return false;
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9') return false;
        value = value * 10 + (s->p[i] - '0');
    }
    *s = str_slice(*s, n, s->n);
    *out = value;
    return true;
}

static bool cut_char(Str *s, char c) {
    if (s->n == 0 || s->p[0] != c) return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

// ".123": digits after the ninth are dropped.
static bool cut_fraction(Str *s, int64_t *ns) {
    int64_t unit = NS_PER_S / 10;
    size_t n = 0;
    for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++, unit /= 10) *ns += (s->p[n] - '0') * unit;
    *s = str_slice(*s, n, s->n);
    return n > 0;
}

static bool cut_offset(Str *s, int *seconds) {
    *seconds = 0;
    if (cut_char(s, 'Z')) return true;
    bool west = s->n > 0 && s->p[0] == '-';
    int hours, minutes;
    if (!cut_char(s, west ? '-' : '+') || !cut_digits(s, 2, &hours) || !cut_char(s, ':') ||
        !cut_digits(s, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = (hours * 60 + minutes) * (west ? -60 : 60);
    return true;
}

static int month_days(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

bool clock_parse_rfc3339(Str text, int64_t *wall_ns) {
    int year, month, day, hour, minute, second, offset;
    int64_t ns = 0;
    if (!cut_digits(&text, 4, &year) || !cut_char(&text, '-') || !cut_digits(&text, 2, &month) ||
        !cut_char(&text, '-') || !cut_digits(&text, 2, &day) || !cut_char(&text, 'T') || !cut_digits(&text, 2, &hour) ||
        !cut_char(&text, ':') || !cut_digits(&text, 2, &minute) || !cut_char(&text, ':') ||
        !cut_digits(&text, 2, &second))
        return false;
    if (cut_char(&text, '.') && !cut_fraction(&text, &ns)) return false;
    if (!cut_offset(&text, &offset) || text.n > 0) return false;
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month) || hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t seconds = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    return !__builtin_add_overflow((__int128)seconds * NS_PER_S, ns, wall_ns);
}

static bool cut_unit(Str *s, int64_t *unit) {
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {// longer names first where one starts another
                 {"ns", 1},         {"us", 1000},    {"\xC2\xB5s", 1000},  {"\xCE\xBCs", 1000},
                 {"ms", NS_PER_MS}, {"s", NS_PER_S}, {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!str_starts(*s, str_of(units[i].name))) continue;
        *s = str_slice(*s, strlen(units[i].name), s->n);
        *unit = units[i].ns;
        return true;
    }
    return false;
}

// One piece, "1.5h": digits on at least one side of the point, then a unit.
static bool cut_duration(Str *s, int64_t *ns) {
    int64_t whole = 0, unit;
    size_t digits = 0;
    for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; digits++, *s = str_slice(*s, 1, s->n))
        if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, s->p[0] - '0', &whole))
            return false;
    // The fraction in units of 1e-18; what follows is below a nanosecond of any unit.
    int64_t fraction = 0, place = INT64_C(1000000000000000000);
    if (cut_char(s, '.'))
        for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; digits++, *s = str_slice(*s, 1, s->n))
            if ((place /= 10) > 0) fraction += (s->p[0] - '0') * place;
    if (digits == 0 || !cut_unit(s, &unit)) return false;
    int64_t part = (int64_t)((__int128)fraction * unit / INT64_C(1000000000000000000));
    return !__builtin_mul_overflow(whole, unit, ns) && !__builtin_add_overflow(*ns, part, ns);
}

bool clock_parse_duration(Str text, int64_t *ns) {
    *ns = 0;
    cut_char(&text, '+');
    if (str_eq(text, STR("0"))) return true;
    if (text.n == 0) return false;
    while (text.n > 0) {
        int64_t piece;
        if (!cut_duration(&text, &piece) || __builtin_add_overflow(*ns, piece, ns)) return false;
    }
    return true;
}
