#include "providers/aws/client/endpoints.h"

#include "providers/aws/client/text.h"

typedef struct Partition {
    const char *id, *prefix, *suffix, *dualstack, *global_region;
} Partition;

static const Partition partitions[] = {
#define PARTITION(id, prefix, suffix, dualstack, region) {id, prefix, suffix, dualstack, region},
#include "providers/aws/client/partitions.def"
#undef PARTITION
};

static const struct {
    const char *service, *partition, *host, *region;
} globals[] = {
#define GLOBAL(service, partition, host, region) {service, partition, host, region},
#include "providers/aws/client/global_endpoints.def"
#undef GLOBAL
};

static const Partition *partition_of(Str region) {
    const Partition *p = partitions;
    while (!str_starts(region, str_of(p->prefix))) p++;
    return p;
}

const char *endpoint_partition(Str region) { return partition_of(region)->id; }

const char *endpoint_dns_suffix(Str region) { return partition_of(region)->suffix; }

// --- given addresses ---

// The service's id as variables and config files spell it: upper or lower case, blanks and dashes as underscores.
static Str service_key(Arena *arena, const AwsModel *model, bool upper) {
    Str id = model->service_id.n ? model->service_id : model->service;
    char *z = str_to_z(arena, id);
    for (size_t i = 0; i < id.n; i++) {
        if (z[i] == ' ' || z[i] == '-') z[i] = '_';
        if (upper && z[i] >= 'a' && z[i] <= 'z') z[i] = (char)(z[i] - 'a' + 'A');
        if (!upper && z[i] >= 'A' && z[i] <= 'Z') z[i] = (char)(z[i] - 'A' + 'a');
    }
    return str_make(z, id.n);
}

// Names without their separators: "Elastic Load Balancing v2" is elasticloadbalancingv2.
static bool same_service(Arena *arena, const AwsModel *model, Str name) {
    if (text_same(name, model->service) || text_same(name, model->endpoint_prefix)) return true;
    Buf bare = buf_in(arena);
    for (size_t i = 0; i < model->service_id.n; i++)
        if (model->service_id.p[i] != ' ' && model->service_id.p[i] != '-') buf_char(&bare, model->service_id.p[i]);
    return text_same(name, buf_str(&bare));
}

static Str given_url(const AwsConfig *c, const AwsModel *model) {
    for (uint32_t i = 0; i < c->given.endpoint_count; i++)
        if (c->given.endpoints[i].url.n && same_service(c->arena, model, c->given.endpoints[i].service))
            return c->given.endpoints[i].url;
    if (c->ignore_endpoints) return STR_NONE;
    Str upper = service_key(c->arena, model, true), lower = service_key(c->arena, model, false);
    Str url = settings_env(str_format(c->arena, "AWS_ENDPOINT_URL_%.*s", STR_ARG(upper)).p);
    if (!url.n) url = settings_env("AWS_ENDPOINT_URL");
    if (!url.n) url = config_get(c->services, str_format(c->arena, "%.*s.endpoint_url", STR_ARG(lower)).p);
    if (!url.n) url = config_get(c->profile, "endpoint_url");
    return url;
}

static bool parse_url(const AwsConfig *c, Str url, AwsAddress *out, Str *problem) {
    bool secure = str_starts(url, STR("https://"));
    if (!secure && !str_starts(url, STR("http://"))) {
        *problem = str_format(c->arena, "the endpoint \"%.*s\" is not an http or https address", STR_ARG(url));
        return false;
    }
    out->scheme = secure ? STR("https") : STR("http");
    Str rest = str_slice(url, out->scheme.n + 3, url.n);
    ptrdiff_t slash = str_find_char(rest, '/');
    out->host = slash < 0 ? rest : str_slice(rest, 0, (size_t)slash);
    out->path = slash < 0 ? STR_NONE : str_slice(rest, (size_t)slash, rest.n);
    while (str_ends(out->path, STR("/"))) out->path.n--;
    // The scheme's own port is not part of the Host that is sent, and signed.
    Str usual = secure ? STR(":443") : STR(":80");
    if (str_ends(out->host, usual)) out->host.n -= usual.n;
    out->custom = true;
    if (out->host.n && str_find_char(rest, '?') < 0 && str_find_char(rest, '@') < 0) return true;
    *problem = str_format(c->arena, "the endpoint \"%.*s\" is malformed", STR_ARG(url));
    return false;
}

// --- addresses by rule ---

static bool global_address(const AwsConfig *c, Str prefix, const Partition *partition, AwsAddress *out) {
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
        if (!str_eqz(prefix, globals[i].service) || strcmp(partition->id, globals[i].partition) != 0) continue;
        out->host = str_of(globals[i].host);
        out->region = str_of(globals[i].region);
        if (c->use_fips) {
            Str rest = str_slice(out->host, prefix.n, out->host.n);
            out->host = str_format(c->arena, "%.*s-fips%.*s", STR_ARG(prefix), STR_ARG(rest));
        }
        return true;
    }
    return false;
}

// In GovCloud the plain endpoints of these are FIPS endpoints.
static bool plain_is_fips(const Partition *partition, Str prefix) {
    static const char *const services[] = {"ec2", "sts", "dynamodb", "rds", "autoscaling", "elasticloadbalancing"};
    if (strcmp(partition->id, "aws-us-gov") != 0) return false;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (str_eqz(prefix, services[i])) return true;
    return false;
}

static void regional_address(const AwsConfig *c, const AwsModel *model, const Partition *partition, Str region,
                             AwsAddress *out) {
    Str prefix = model->endpoint_prefix.n ? model->endpoint_prefix : model->service;
    const char *fips = c->use_fips && !plain_is_fips(partition, prefix) ? "-fips" : "";
    const char *suffix = c->use_dualstack && !model->s3 ? partition->dualstack : partition->suffix;
    const char *dualstack = c->use_dualstack && model->s3 ? ".dualstack" : "";
    out->host = str_format(c->arena, "%.*s%s%s.%.*s.%s", STR_ARG(prefix), fips, dualstack, STR_ARG(region), suffix);
}

static bool region_is_sane(Str region) {
    for (size_t i = 0; i < region.n; i++) {
        char c = region.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
    }
    return region.n > 0;
}

bool endpoint_find(const AwsConfig *c, const AwsModel *model, Str region, AwsAddress *out, Str *problem) {
    *out = (AwsAddress){.scheme = STR("https")};
    if (!region.n) region = c->region;
    Str url = given_url(c, model);
    Str prefix = model->endpoint_prefix.n ? model->endpoint_prefix : model->service;
    const Partition *partition = partition_of(region);
    bool global = global_address(c, prefix, partition, out);
    if (!global) {
        if (!region_is_sane(region)) {
            *problem = region.n
                           ? str_format(c->arena, "\"%.*s\" is not a region's name", STR_ARG(region))
                           : STR("no region is set. Set it in the configuration, in AWS_REGION, or in the profile");
            return false;
        }
        out->region = region;
        regional_address(c, model, partition, region, out);
    }
    return !url.n || parse_url(c, url, out, problem);
}

// --- S3 ---

static bool is_address_or_local(Str host) {
    ptrdiff_t colon = str_find_char(host, ':');
    if (colon >= 0) host = str_slice(host, 0, (size_t)colon);
    if (str_eqz(host, "localhost") || str_starts(host, STR("["))) return true;
    for (size_t i = 0; i < host.n; i++)
        if (host.p[i] != '.' && (host.p[i] < '0' || host.p[i] > '9')) return false;
    return true;
}

// A name that can be a label: with TLS a dot would break the certificate's match.
static bool fits_a_label(Str bucket, bool secure) {
    if (bucket.n < 3 || bucket.n > 63) return false;
    for (size_t i = 0; i < bucket.n; i++) {
        char c = bucket.p[i];
        bool inner = (c == '-' && i > 0 && i + 1 < bucket.n) || (c == '.' && !secure);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || inner)) return false;
    }
    return true;
}

void endpoint_s3(const AwsConfig *c, Str bucket, AwsAddress *address, Buf *path) {
    bool secure = str_eqz(address->scheme, "https");
    if (c->s3_path_style || !fits_a_label(bucket, secure) || is_address_or_local(address->host)) return;
    Str now = buf_str(path);
    // The path begins with the bucket: a label needs no encoding.
    if (now.n < bucket.n + 1 || !str_eq(str_slice(now, 1, bucket.n + 1), bucket)) return;
    address->host = str_format(path->arena, "%.*s.%.*s", STR_ARG(bucket), STR_ARG(address->host));
    Str rest = str_copy(path->arena, str_slice(now, bucket.n + 1, now.n));
    buf_clear(path);
    if (str_empty(rest) || rest.p[0] != '/') buf_char(path, '/');
    buf_add(path, rest);
}
