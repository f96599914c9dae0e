#include "tests/property/case.h"

#include <stdio.h>

// ---- random ----

typedef struct Dice {
    uint64_t state;
} Dice;

static uint32_t roll(Dice *d, uint32_t sides) {
    d->state += UINT64_C(0x9e3779b97f4a7c15); // splitmix64
    uint64_t z = d->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % sides);
}

static bool chance(Dice *d, uint32_t percent) { return roll(d, 100) < percent; }

static uint8_t below(Dice *d, uint32_t i, uint32_t percent) {
    uint32_t mask = 0;
    for (uint32_t k = 0; k < i; k++)
        if (chance(d, percent)) mask |= 1u << k;
    return (uint8_t)mask;
}

static CaseResource random_resource(Dice *d, uint32_t i) {
    CaseResource r = {.on = chance(d, 75), .type = (uint8_t)roll(d, 4) ? CASE_MOCK : CASE_DATA};
    r.repeat = (uint8_t)(chance(d, 50) ? CASE_SINGLE : chance(d, 50) ? CASE_COUNT : CASE_EACH);
    r.n = (uint8_t)(r.repeat == CASE_COUNT ? roll(d, 4) : roll(d, 8));
    r.text = (uint8_t)roll(d, 3);
    r.name = (uint8_t)roll(d, 2);
    r.refs = below(d, i, 35);
    r.depends = below(d, i, 10);
    r.triggers = below(d, i, 8);
    r.before = chance(d, 25);
    r.keep = chance(d, 5);
    r.ignore = chance(d, 10);
    return r;
}

static void change_resource(Dice *d, uint32_t i, CaseResource *r) {
    if (chance(d, 55)) return;
    CaseResource other = random_resource(d, i);
    switch (roll(d, 8)) {
    case 0: r->on = !r->on; return;
    case 1: r->text = other.text; return;
    case 2: r->name = (uint8_t)!r->name; return;
    case 3: r->n = other.n; return;
    case 4: r->refs = other.refs; return;
    case 5: r->before = !r->before; return;
    case 6: r->repeat = other.repeat; return;
    default: *r = other; return;
    }
}

Case case_random(uint64_t seed) {
    Dice d = {seed * UINT64_C(0x2545f4914f6cdd1d) + 1};
    Case c = {.round_count = 1 + roll(&d, CASE_ROUNDS)};
    for (uint32_t k = 0; k < c.round_count; k++) {
        CaseRound *r = &c.rounds[k];
        if (k) *r = c.rounds[k - 1];
        for (uint32_t i = 0; i < CASE_RESOURCES; i++) {
            if (k == 0) r->resources[i] = random_resource(&d, i);
            else change_resource(&d, i, &r->resources[i]);
        }
        for (uint32_t i = 0; i < CASE_DRIFTS; i++) {
            r->drifts[i].kind = (uint8_t)(k && chance(&d, 20) ? 1 + roll(&d, 2) : 0);
            r->drifts[i].pick = (uint8_t)roll(&d, 8);
        }
        r->fail = (uint8_t)(chance(&d, 40) ? 1 + roll(&d, 4) : CASE_WORKS);
        r->verb = (uint8_t)roll(&d, 3);
        r->nth = (uint8_t)roll(&d, 3);
        r->destroy = k && chance(&d, 7);
        r->refresh_only = k && !r->destroy && chance(&d, 7);
    }
    return c;
}

// ---- as configuration ----

static const char *type_name(const CaseResource *r) { return r->type == CASE_MOCK ? "tfcoremock_r" : "terraform_data"; }

// The ids of all instances, as one text.
static void ids_print(const CaseRound *round, uint32_t i, Buf *out) {
    const CaseResource *r = &round->resources[i];
    switch ((CaseRepeat)r->repeat) {
    case CASE_SINGLE: buf_format(out, "%s.r%u.id", type_name(r), i); return;
    case CASE_COUNT: buf_format(out, "join(\",\", %s.r%u[*].id)", type_name(r), i); return;
    case CASE_EACH: buf_format(out, "join(\",\", values(%s.r%u)[*].id)", type_name(r), i); return;
    }
}

static bool mentions(const CaseRound *round, uint8_t mask, uint32_t i) {
    return (mask & (1u << i)) && round->resources[i].on;
}

static void list_print(const CaseRound *round, const char *name, uint8_t mask, const char *indent, Buf *out) {
    bool any = false;
    for (uint32_t i = 0; i < CASE_RESOURCES; i++) {
        if (!mentions(round, mask, i)) continue;
        if (any) buf_format(out, ", %s.r%u", type_name(&round->resources[i]), i);
        else buf_format(out, "%s%s = [%s.r%u", indent, name, type_name(&round->resources[i]), i);
        any = true;
    }
    if (any) buf_z(out, "]\n");
}

static void repeat_print(const CaseResource *r, Buf *out) {
    if (r->repeat == CASE_COUNT) buf_format(out, "  count = %u\n", r->n);
    if (r->repeat != CASE_EACH) return;
    buf_z(out, "  for_each = toset([");
    for (uint32_t k = 0, any = 0; k < 3; k++)
        if (r->n & (1u << k)) buf_format(out, "%s\"%c\"", any++ ? ", " : "", 'a' + (char)k);
    buf_z(out, "])\n");
}

static void resource_print(const CaseRound *round, uint32_t i, Buf *out) {
    const CaseResource *r = &round->resources[i];
    bool mock = r->type == CASE_MOCK;
    buf_format(out, "resource \"%s\" \"r%u\" {\n", type_name(r), i);
    repeat_print(r, out);
    buf_format(out, "  %s = \"t%u", mock ? "string" : "input", r->text);
    for (uint32_t k = 0; k < i; k++) {
        if (!mentions(round, r->refs, k)) continue;
        buf_z(out, " ${");
        ids_print(round, k, out);
        buf_char(out, '}');
    }
    buf_format(out, "\"\n  %s = \"n%u\"\n", mock ? "name" : "triggers_replace", r->name);
    list_print(round, "depends_on", r->depends, "  ", out);
    buf_z(out, "  lifecycle {\n");
    if (r->before) buf_z(out, "    create_before_destroy = true\n");
    if (r->keep) buf_z(out, "    destroy = false\n");
    if (r->ignore) buf_format(out, "    ignore_changes = [%s]\n", mock ? "string" : "input");
    list_print(round, "replace_triggered_by", r->triggers, "    ", out);
    buf_z(out, "  }\n}\n");
}

void case_configuration(const CaseRound *round, Buf *out) {
    for (uint32_t i = 0; i < CASE_RESOURCES; i++)
        if (round->resources[i].on) resource_print(round, i, out);
    buf_z(out, "output \"all\" {\n  value = [");
    for (uint32_t i = 0, any = 0; i < CASE_RESOURCES; i++) {
        if (!round->resources[i].on) continue;
        if (any++) buf_z(out, ", ");
        ids_print(round, i, out);
    }
    buf_z(out, "]\n}\n");
}

void case_switches(const CaseRound *round, const char *log, Buf *out) {
    static const char *const verbs[] = {"create", "update", "delete"};
    static const char *const fails[] = {"", "before", "after", "lost_before", "lost"};
    buf_format(out, "{\"log\":\"%s\",\"rules\":[", log);
    if (round->fail) {
        if (round->nth) buf_format(out, "{\"verb\":\"%s\",\"times\":%u},", verbs[round->verb], round->nth);
        buf_format(out, "{\"verb\":\"%s\",\"fail\":\"%s\",\"times\":1}", verbs[round->verb], fails[round->fail]);
    }
    buf_z(out, "]}");
}

void case_print(const Case *c, Buf *out) {
    for (uint32_t k = 0; k < c->round_count; k++) {
        const CaseRound *r = &c->rounds[k];
        buf_format(out, "=== round %u%s%s\n", k, r->destroy ? ", destroys" : "", r->refresh_only ? ", refreshes" : "");
        for (uint32_t i = 0; i < CASE_DRIFTS; i++)
            if (r->drifts[i].kind)
                buf_format(out, "# object %u is %s\n", r->drifts[i].pick, r->drifts[i].kind == 1 ? "changed" : "gone");
        case_configuration(r, out);
        if (r->fail) case_switches(r, "operations", out);
        buf_char(out, '\n');
    }
}

// ---- shrinking ----

typedef bool (*Fails)(const Case *c, void *ctx);

static bool attempt(Case *c, const Case *smaller, Fails fails, void *ctx) {
    if (!fails(smaller, ctx)) return false;
    *c = *smaller;
    return true;
}

// Clears one byte of a resource in all rounds, or in one.
static bool shrink_bytes(Case *c, size_t at, Fails fails, void *ctx) {
    bool any = false;
    for (uint32_t i = 0; i < CASE_RESOURCES; i++) {
        for (uint32_t k = 0; k <= c->round_count; k++) {
            Case s = *c;
            bool changed = false;
            for (uint32_t m = 0; m < c->round_count; m++) {
                uint8_t *byte = (uint8_t *)&s.rounds[m].resources[i] + at;
                if (k != 0 && m != k - 1) continue;
                changed |= *byte != 0;
                *byte = 0;
            }
            if (changed) any |= attempt(c, &s, fails, ctx);
        }
    }
    return any;
}

static bool shrink_rounds(Case *c, Fails fails, void *ctx) {
    bool any = false;
    for (uint32_t k = c->round_count; k > 0 && c->round_count > 1; k--) {
        if (k > c->round_count) continue;
        Case s = *c;
        for (uint32_t m = k; m < c->round_count; m++) s.rounds[m - 1] = c->rounds[m];
        s.round_count--;
        any |= attempt(c, &s, fails, ctx);
    }
    for (uint32_t k = 0; k < c->round_count; k++) {
        uint8_t *const bytes[] = {&c->rounds[k].fail, &c->rounds[k].nth, &c->rounds[k].drifts[0].kind,
                                  &c->rounds[k].drifts[1].kind, &c->rounds[k].drifts[2].kind};
        for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
            Case s = *c;
            uint8_t *byte = (uint8_t *)&s + (bytes[i] - (uint8_t *)c);
            if (!*byte) continue;
            *byte = 0;
            any |= attempt(c, &s, fails, ctx);
        }
        Case s = *c;
        s.rounds[k].destroy = s.rounds[k].refresh_only = false;
        if (c->rounds[k].destroy || c->rounds[k].refresh_only) any |= attempt(c, &s, fails, ctx);
    }
    return any;
}

void case_shrink(Case *c, Fails fails, void *ctx) {
    for (bool any = true; any;) {
        any = shrink_rounds(c, fails, ctx);
        for (size_t at = 0; at < sizeof(CaseResource); at++) any |= shrink_bytes(c, at, fails, ctx);
    }
}
