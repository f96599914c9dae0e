// Service functions: pure, and only what would be longer as an expression and is shared by several types.
#include "providers/aws/core/functions.h"

static Value text(FuncCall *call, Str s) { return value_string(call->arena, s); }

static Value object(FuncCall *call, const char *const *names, const Value *values, uint32_t n) {
    Name own[16];
    for (uint32_t i = 0; i < n; i++) own[i] = name_of(arena_process(call->arena), str_of(names[i]));
    return value_object_of(call->arena, own, values, n);
}

static Value null_of(FuncCall *call, const Type *type) {
    Process *p = arena_process(call->arena);
    return value_null(p, type ? type : type_dynamic(p));
}

static Value get(FuncCall *call, Value v, const char *name) {
    const Value *found = value_get_str(v, str_of(name));
    return found ? *found : null_of(call, NULL);
}

static bool unknown(FuncCall *call, Value *out) {
    *out = value_unknown(arena_process(call->arena), type_dynamic(arena_process(call->arena)));
    return true;
}

// ---- security group rules: AWS has one permission a protocol and ports with many sources; a permission is compared,
// added and removed a source at a time, because users may split sources over rules as they like ----

typedef struct Atoms {
    FuncCall *call;
    VEC(Value) list;
    Value rule, protocol, from, to, description;
} Atoms;

static void add_atom(Atoms *a, const char *member, Value source) {
    const char *const names[] = {"IpProtocol", "FromPort", "ToPort", member};
    Value values[] = {a->protocol, a->from, a->to, value_tuple(a->call->arena, &source, 1)};
    vec_push(a->call->arena, &a->list, object(a->call, names, values, 4));
}

static void add_sources(Atoms *a, const char *attribute, const char *member, const char *key) {
    Value list = get(a->call, a->rule, attribute);
    const char *const names[] = {key, "Description"};
    for (uint32_t i = 0; i < value_parts(list); i++)
        add_atom(a, member, object(a->call, names, (Value[]){value_part(list, i), a->description}, 2));
}

static void add_group(Atoms *a, Str group) {
    static const char *const names[] = {"GroupId", "UserId", "Description"};
    ptrdiff_t slash = str_find_char(group, '/');
    Value user = slash < 0 ? null_of(a->call, NULL) : text(a->call, str_slice(group, 0, (size_t)slash));
    Str id = slash < 0 ? group : str_slice(group, (size_t)slash + 1, group.n);
    add_atom(a, "UserIdGroupPairs", object(a->call, names, (Value[]){text(a->call, id), user, a->description}, 3));
}

bool fn_ec2_atoms(FuncCall *call, Value *out) {
    Value rules = call->args[0], id = call->args[1];
    if (rules.bits & VALUE_UNKNOWN_INSIDE) return unknown(call, out);
    Atoms a = {.call = call};
    for (uint32_t i = 0; i < value_parts(rules); i++) {
        a.rule = value_part(rules, i);
        a.protocol = get(call, a.rule, "protocol");
        bool all = value_is_set(a.protocol) && str_eqz(value_str(a.protocol), "-1");
        a.from = all ? null_of(call, NULL) : get(call, a.rule, "from_port");
        a.to = all ? null_of(call, NULL) : get(call, a.rule, "to_port");
        Value said = get(call, a.rule, "description");
        a.description = value_present(said) ? said : null_of(call, NULL);
        add_sources(&a, "cidr_blocks", "IpRanges", "CidrIp");
        add_sources(&a, "ipv6_cidr_blocks", "Ipv6Ranges", "CidrIpv6");
        add_sources(&a, "prefix_list_ids", "PrefixListIds", "PrefixListId");
        Value groups = get(call, a.rule, "security_groups");
        for (uint32_t g = 0; g < value_parts(groups); g++) add_group(&a, value_str(value_part(groups, g)));
        if (value_true(get(call, a.rule, "self")) && value_is_set(id)) add_group(&a, value_str(id));
    }
    *out = value_tuple(call->arena, a.list.at, a.list.n);
    return true;
}

enum {
    RULE_CIDR,
    RULE_DESCRIPTION,
    RULE_FROM,
    RULE_IPV6,
    RULE_PREFIX,
    RULE_PROTOCOL,
    RULE_GROUPS,
    RULE_SELF,
    RULE_TO,
    RULE_N
};
static const char *const rule_names[RULE_N] = {"cidr_blocks",     "description", "from_port",       "ipv6_cidr_blocks",
                                               "prefix_list_ids", "protocol",    "security_groups", "self",
                                               "to_port"};

static Value zero_if_null(Value v) { return value_is_set(v) ? v : value_int(0); }

// One source of a permission as a rule with one element.
static Value rule_of(FuncCall *call, Value permission, int part, Value element, Value said) {
    Value none = value_tuple(call->arena, NULL, 0), values[RULE_N];
    for (int i = 0; i < RULE_N; i++) values[i] = none;
    values[RULE_DESCRIPTION] = value_present(said) ? said : text(call, STR(""));
    values[RULE_FROM] = zero_if_null(get(call, permission, "FromPort"));
    values[RULE_TO] = zero_if_null(get(call, permission, "ToPort"));
    values[RULE_PROTOCOL] = get(call, permission, "IpProtocol");
    values[RULE_SELF] = value_bool(part == RULE_SELF);
    if (part != RULE_SELF) values[part] = value_tuple(call->arena, &element, 1);
    return object(call, rule_names, values, RULE_N);
}

static void read_permission(Atoms *a, Value permission, Value id, Value owner) {
    static const struct {
        const char *list, *key;
        int part;
    } kinds[] = {{"IpRanges", "CidrIp", RULE_CIDR},
                 {"Ipv6Ranges", "CidrIpv6", RULE_IPV6},
                 {"PrefixListIds", "PrefixListId", RULE_PREFIX}};
    FuncCall *call = a->call;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        Value list = get(call, permission, kinds[k].list);
        for (uint32_t i = 0; i < value_parts(list); i++) {
            Value source = value_part(list, i);
            vec_push(call->arena, &a->list,
                     rule_of(call, permission, kinds[k].part, get(call, source, kinds[k].key),
                             get(call, source, "Description")));
        }
    }
    Value pairs = get(call, permission, "UserIdGroupPairs");
    for (uint32_t i = 0; i < value_parts(pairs); i++) {
        Value pair = value_part(pairs, i), group = get(call, pair, "GroupId"), user = get(call, pair, "UserId");
        if (!value_is_set(group)) group = get(call, pair, "GroupName");
        if (!value_is_set(group)) continue;
        bool own = value_is_set(id) && value_same(group, id);
        bool foreign = value_is_set(user) && value_is_set(owner) && user.n && !value_same(user, owner);
        if (foreign)
            group =
                text(call, str_format(call->arena, "%.*s/%.*s", STR_ARG(value_str(user)), STR_ARG(value_str(group))));
        vec_push(call->arena, &a->list,
                 rule_of(call, permission, own ? RULE_SELF : RULE_GROUPS, group, get(call, pair, "Description")));
    }
}

// ec2_rules(permissions, like, id, owner): the permissions as rules, grouped as the rules of `like` are.
bool fn_ec2_rules(FuncCall *call, Value *out) {
    if (call->n != 4) return func_fail(call, -1, "permissions, like, id and owner are wanted");
    for (uint32_t i = 0; i < 4; i++)
        if (i != 1 && (call->args[i].bits & VALUE_UNKNOWN_INSIDE)) return unknown(call, out);
    Atoms a = {.call = call};
    for (uint32_t i = 0; i < value_parts(call->args[0]); i++)
        read_permission(&a, value_part(call->args[0], i), call->args[2], call->args[3]);
    static const int part_names[] = {RULE_CIDR, RULE_IPV6, RULE_PREFIX, RULE_GROUPS, RULE_SELF};
    Value parts[5];
    for (int i = 0; i < 5; i++) parts[i] = text(call, str_of(rule_names[part_names[i]]));
    Value like = call->args[1];
    if (like.bits & VALUE_UNKNOWN_INSIDE) like = null_of(call, NULL);
    Value args[3] = {value_tuple(call->arena, a.list.at, a.list.n), like, value_tuple(call->arena, parts, 5)};
    FuncCall inner = *call;
    inner.args = args;
    inner.n = 3;
    return fn_regroup(&inner, out);
}

// ---- S3: facts of regions, and redirect URLs of websites ----

// Facts: AWS General Reference, Amazon S3 website endpoints.
static const struct {
    const char *region, *zone;
    bool dash;
} s3_regions[] = {
    {"af-south-1", "Z83WF9RJE8B12", false},
    {"ap-east-1", "ZNB98KWMFR0R6", false},
    {"ap-northeast-1", "Z2M4EHUR26P7ZW", true},
    {"ap-northeast-2", "Z3W03O7B5YMIYP", false},
    {"ap-northeast-3", "Z2YQB5RD63NC85", false},
    {"ap-south-1", "Z11RGJOFQNVJUP", false},
    {"ap-south-2", "Z02976202B4EZMXIPMXF7", false},
    {"ap-southeast-1", "Z3O0J2DXBE1FTB", true},
    {"ap-southeast-2", "Z1WCIGYICN2BYD", true},
    {"ap-southeast-3", "Z01846753K324LI26A3VV", false},
    {"ap-southeast-4", "Z0312387243XT5FE14WFO", false},
    {"ca-central-1", "Z1QDHH18159H29", false},
    {"ca-west-1", "Z03565811Z33SLEZTHOUL", false},
    {"eu-central-1", "Z21DNDUVLTQW6Q", false},
    {"eu-central-2", "Z030506016YDQGETNASS", false},
    {"eu-north-1", "Z3BAZG2TWCNX0D", false},
    {"eu-south-1", "Z30OZKI7KPW7MI", false},
    {"eu-south-2", "Z0081959F7139GRJC19J", false},
    {"eu-west-1", "Z1BKCTXD74EZPE", true},
    {"eu-west-2", "Z3GKZC51ZF0DB4", false},
    {"eu-west-3", "Z3R1K369G5AVDG", false},
    {"il-central-1", "Z09640613K4A3MN55U7GU", false},
    {"me-central-1", "Z06143092I8HRXZRUZROF", false},
    {"me-south-1", "Z1MPMWCPA7YB62", false},
    {"sa-east-1", "Z7KQH4QJS55SO", true},
    {"us-east-1", "Z3AQBSTGFYJSTF", true},
    {"us-east-2", "Z2O1EMRO9K5GLX", false},
    {"us-gov-east-1", "Z2NIFVYYW2VKV1", false},
    {"us-gov-west-1", "Z31GFT0UA1I2HV", true},
    {"us-west-1", "Z2F56UZL2M1ACD", true},
    {"us-west-2", "Z3BJ6K6RIION7M", true},
};

bool fn_s3_hosted_zone(FuncCall *call, Value *out) {
    *out = null_of(call, type_string(arena_process(call->arena)));
    for (size_t i = 0; i < sizeof s3_regions / sizeof *s3_regions; i++)
        if (str_eqz(value_str(call->args[0]), s3_regions[i].region)) *out = text(call, str_of(s3_regions[i].zone));
    return true;
}

bool fn_s3_website_domain(FuncCall *call, Value *out) {
    Str region = value_str(call->args[0]);
    bool dash = false;
    for (size_t i = 0; i < sizeof s3_regions / sizeof *s3_regions; i++)
        if (str_eqz(region, s3_regions[i].region)) dash = s3_regions[i].dash;
    *out = text(call, str_format(call->arena, "s3-website%c%.*s.amazonaws.com%s", dash ? '-' : '.', STR_ARG(region),
                                 str_starts(region, STR("cn-")) ? ".cn" : ""));
    return true;
}

bool fn_redirect_host(FuncCall *call, Value *out) {
    static const char *const names[] = {"HostName", "Protocol"};
    Str s = value_str(call->args[0]);
    ptrdiff_t colon = str_find(s, STR("://"));
    Value protocol = colon < 0 ? null_of(call, NULL) : text(call, str_slice(s, 0, (size_t)colon));
    Str host = colon < 0 ? s : str_slice(s, (size_t)colon + 3, s.n);
    *out = object(call, names, (Value[]){text(call, host), protocol}, 2);
    return true;
}

bool fn_redirect_url(FuncCall *call, Value *out) {
    Value host = get(call, call->args[0], "HostName"), protocol = get(call, call->args[0], "Protocol");
    if (!value_is_set(host))
        *out = null_of(call, NULL);
    else if (!value_present(protocol))
        *out = host;
    else
        *out =
            text(call, str_format(call->arena, "%.*s://%.*s", STR_ARG(value_str(protocol)), STR_ARG(value_str(host))));
    return true;
}
