/* Planning: defaults, what stays and what is unknown, and what needs a replacement. */
#include "providers/random/random.h"

#include <string.h>

static int is(const InfraAttr *attr, const char *name) { return strcmp(attr->name, name) == 0; }

/* Attributes with a default have it whenever they are not configured, whatever the prior object says. */
static int default_of(const InfraRequest *base, const InfraAttr *attr, InfraValue config, InfraValue *out) {
    static const char *const on[] = {"special", "upper", "lower"};
    const InfraHost *host = base->host;
    if ((attr->flags & (INFRA_OPTIONAL | INFRA_COMPUTED)) != (INFRA_OPTIONAL | INFRA_COMPUTED)) return 0;
    if (is(attr, "number") || is(attr, "numeric")) { /* two names of one thing */
        InfraValue other = host->get(host, config, is(attr, "number") ? "numeric" : "number");
        *out = host->is_null(other) ? host->make_boolean(1) : other;
        return 1;
    }
    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        if (is(attr, on[i])) return *out = host->make_boolean(1), 1;
    if (strncmp(attr->name, "min_", 4) == 0) return *out = host->make_integer(0), 1;
    if (is(attr, "length")) return *out = host->make_integer(2), 1;
    if (is(attr, "separator")) return *out = host->make_text(base->arena, TEXT("-")), 1;
    return 0;
}

static InfraValue entry(const InfraHost *host, InfraValue map, InfraText key, int *there) {
    *there = 0;
    for (size_t i = 0; i < host->length(map); i++)
        if (text_same(host->key(map, i), key)) return *there = 1, host->element(map, i);
    return host->null;
}

/* Keepers that are null count as absent, and an empty map as none: old versions did not store them. */
static int keepers_changed(const InfraHost *host, InfraValue was, InfraValue now) {
    int there;
    for (size_t i = 0; i < host->length(now); i++) {
        InfraValue v = host->element(now, i), before = entry(host, was, host->key(now, i), &there);
        if (!there && host->is_null(v)) continue;
        if (!there || !host->equal(v, before) || host->is_unknown(v)) return 1;
    }
    for (size_t i = 0; i < host->length(was); i++) {
        (void)entry(host, now, host->key(was, i), &there);
        if (!there) return 1;
    }
    return host->is_unknown(now);
}

static int replaces(const RandomType *type, const InfraHost *host, const InfraAttr *attr, InfraValue was,
                    InfraValue now) {
    int plain_keepers = strcmp(type->name, "random_bytes") == 0;
    if (!(attr->flags & (INFRA_REQUIRED | INFRA_OPTIONAL))) return 0;
    if (is(attr, "keepers") && !plain_keepers) return keepers_changed(host, was, now);
    if (host->equal(was, now) && !host->has_unknown(now)) return 0;
    /* "" was once stored where nothing was configured. */
    if (is(attr, "override_special"))
        return !host->is_unknown(now) && !(host->is_null(now) && !host->is_null(was) && host->text(was).n == 0);
    return 1;
}

static InfraValue planned_value(InfraPlan *q, const InfraAttr *attr, InfraValue proposed, int changed) {
    const InfraHost *host = q->base.host;
    InfraValue config = host->get(host, q->config, attr->name), v = proposed;
    if (!(attr->flags & INFRA_COMPUTED) || !host->is_null(config)) return proposed;
    if (default_of(&q->base, attr, q->config, &v)) return v;
    return changed && host->is_null(proposed) ? host->unknown : proposed;
}

void plan_object(const RandomType *type, InfraPlan *q) {
    const InfraHost *host = q->base.host;
    q->planned = q->proposed;
    if (host->is_null(q->proposed)) return;
    int create = host->is_null(q->prior);
    InfraValue v = q->proposed;
    InfraPath *replace = host->alloc(q->base.arena, sizeof *replace * type->block.attr_count);
    for (int pass = 0; pass < 2; pass++) { /* defaults first: they decide whether anything changes */
        int changed = pass == 1 && (create || !host->equal(q->prior, v));
        for (size_t i = 0; i < type->block.attr_count; i++) {
            const InfraAttr *attr = &type->block.attrs[i];
            InfraValue before = host->get(host, v, attr->name);
            InfraValue after = planned_value(q, attr, before, changed);
            if (memcmp(&before, &after, sizeof before) != 0) v = host->with(q->base.arena, v, attr->name, after);
        }
    }
    q->planned = v;
    for (size_t i = 0; !create && i < type->block.attr_count; i++) {
        const InfraAttr *attr = &type->block.attrs[i];
        InfraValue was = host->get(host, q->prior, attr->name), now = host->get(host, v, attr->name);
        if (!replaces(type, host, attr, was, now)) continue;
        InfraStep *step = host->alloc(q->base.arena, sizeof *step);
        step->attr = text_of(attr->name);
        replace[q->replace_count++] = (InfraPath){step, 1};
    }
    q->replace = replace;
}

/* ---- validation ---- */

static void validate_length(const InfraRequest *base, InfraValue config) {
    static const char *const parts[] = {"min_upper", "min_lower", "min_numeric", "min_special"};
    const InfraHost *host = base->host;
    InfraValue length = host->get(host, config, "length");
    int64_t n, part, sum = 0;
    if (host->is_null(length) || host->is_unknown(length)) return;
    if (!host->integer(length, &n) || n < 1 || n > 1 << 20) {
        random_error(base, "length", TEXT("Invalid length"), TEXT("It must be a whole number from 1 to 1048576."));
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        InfraValue v = host->get(host, config, parts[i]);
        if (host->is_unknown(v)) return;
        if (!host->integer(v, &part)) continue;
        if (part < 0) random_error(base, parts[i], TEXT("Invalid minimum"), TEXT("It must not be negative."));
        sum += part < 0 || part > 1 << 20 ? 0 : part;
    }
    if (n < sum)
        random_error(base, "length", TEXT("Invalid length"),
                     host->format(base->arena,
                                  "It must be at least the sum of min_upper, min_lower, min_numeric and min_special, "
                                  "which is %lld.",
                                  (long long)sum));
}

/* Whether every kind of character is configured as false. */
static int none_wanted(const InfraHost *host, InfraValue config, const char *digits) {
    const char *const kinds[] = {digits, "special", "upper", "lower"};
    for (size_t i = 0; i < 4; i++) {
        InfraValue v = host->get(host, config, kinds[i]);
        if (host->is_null(v) || host->is_unknown(v) || host->boolean(v)) return 0;
    }
    return 1;
}

static void validate_characters(const InfraRequest *base, InfraValue config) {
    const InfraHost *host = base->host;
    InfraValue number = host->get(host, config, "number"), numeric = host->get(host, config, "numeric");
    validate_length(base, config);
    if (none_wanted(host, config, "number") || none_wanted(host, config, "numeric"))
        random_error(base, NULL, TEXT("No characters to choose from"),
                     TEXT("At least one of special, upper, lower and numeric must be true."));
    int both = !host->is_null(number) && !host->is_null(numeric);
    if (both && !host->is_unknown(number) && !host->is_unknown(numeric) && !host->equal(number, numeric))
        random_error(base, "number", TEXT("number and numeric differ"),
                     TEXT("They are two names of one argument; number is deprecated, use numeric."));
}

static void validate_count(const InfraRequest *base, InfraValue config, const char *name, int64_t min) {
    const InfraHost *host = base->host;
    InfraValue v = host->get(host, config, name);
    int64_t n;
    if (host->is_null(v) || host->is_unknown(v) || (host->integer(v, &n) && n >= min && n <= 1 << 20)) return;
    random_error(base, name, TEXT("Invalid number"),
                 host->format(base->arena, "It must be a whole number from %lld to 1048576.", (long long)min));
}

static void validate_range(const InfraRequest *base, InfraValue config) {
    const InfraHost *host = base->host;
    InfraValue min = host->get(host, config, "min"), max = host->get(host, config, "max");
    int64_t low = 0, high = 0;
    if (host->is_unknown(min) || host->is_unknown(max) || host->is_null(min) || host->is_null(max)) return;
    if (!host->integer(min, &low) || !host->integer(max, &high))
        random_error(base, host->integer(min, &low) ? "max" : "min", TEXT("Invalid number"),
                     TEXT("It must be a whole number."));
    else if (low > high)
        random_error(base, "min", TEXT("Invalid range"), TEXT("min must not be greater than max."));
}

void plan_validate(const RandomType *type, const InfraRequest *base, InfraValue config) {
    if (base->host->is_null(config) || base->host->is_unknown(config)) return;
    if (type->characters)
        validate_characters(base, config);
    else if (strcmp(type->name, "random_integer") == 0)
        validate_range(base, config);
    else if (strcmp(type->name, "random_bytes") == 0)
        validate_count(base, config, "length", 1);
    else if (strcmp(type->name, "random_id") == 0)
        validate_count(base, config, "byte_length", 0);
    else if (strcmp(type->name, "random_pet") == 0)
        validate_count(base, config, "length", 0);
    else if (strcmp(type->name, "random_shuffle") == 0)
        validate_count(base, config, "result_count", 0);
}
