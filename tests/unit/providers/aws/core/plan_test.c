// Plans of AWS types: defaults, what AWS decides, equality, replacement. Nothing is called.
#include "tests/harness/provider_world.h"

static World *open_type(const char *type) {
    World *w = world_new();
    world_open(w, NULL, "registry.opentofu.org/hashicorp/aws", type);
    world_configure(w, "{\"region\":\"eu-west-1\",\"default_tags\":[{\"tags\":{\"Owner\":\"me\"}}],\"access_key\":"
                       "\"a\",\"secret_key\":\"b\"}");
    assert_no_errors(w);
    return w;
}

static const char *replaced(World *w, const ProviderPlan *q) {
    Buf b = buf_in(w->arena);
    buf_z(&b, "");
    for (uint32_t i = 0; i < q->replace.list.n; i++) path_print(q->replace.list.at[i], &b);
    return b.n ? buf_str(&b).p : "";
}

static void creation_fills_defaults(void **state) {
    (void)state;
    World *w = open_type("aws_vpc");
    const char *config = "{\"cidr_block\":\"10.0.0.0/16\",\"tags\":{\"Name\":\"v\"}}";
    ProviderPlan q = world_plan(w, NULL, config, config);
    assert_no_errors(w);
    assert_shown(w, q.planned,
                 "{arn=? cidr_block=10.0.0.0/16 default_network_acl_id=? default_route_table_id=? "
                 "default_security_group_id=? dhcp_options_id=? enable_dns_hostnames=? enable_dns_support=true "
                 "enable_network_address_usage_metrics=? id=? instance_tenancy=default ipv6_association_id=? "
                 "ipv6_cidr_block=? ipv6_cidr_block_network_border_group=? main_route_table_id=? owner_id=? "
                 "region=eu-west-1 tags={Name=v} tags_all={Name=v Owner=me}}");
    world_free(w);
}

#define VPC(cidr, tenancy, more)                                                                                       \
    "{\"id\":\"vpc-1\",\"arn\":\"arn:aws:ec2:eu-west-1:1:vpc/vpc-1\",\"owner_id\":\"1\",\"cidr_block\":\"" cidr        \
    "\",\"enable_dns_support\":true,\"instance_tenancy\":\"" tenancy "\",\"tags_all\":{\"Owner\":\"me\"}" more "}"

// prior, configuration, paths that force a replacement; the plan is the prior object when `same`.
static void what_changes(void **state) {
    (void)state;
    static const struct {
        const char *prior, *config, *replace;
        bool same;
    } cases[] = {
        {VPC("10.0.0.0/16", "default", ""), "{\"cidr_block\":\"10.0.0.0/16\"}", "", true},
        // null, empty and false say the same; what AWS decided stays
        {VPC("10.0.0.0/16", "default",
             ",\"tags\":{},\"ipv6_ipam_pool_id\":\"\",\"assign_generated_ipv6_cidr_block\":false"),
         "{\"cidr_block\":\"10.0.0.0/16\"}", "", true},
        {VPC("10.0.0.0/16", "default", ""), "{}", "", true},
        {VPC("10.0.0.0/16", "default", ""), "{\"cidr_block\":\"10.1.0.0/16\"}", ".cidr_block", false},
        {VPC("10.0.0.0/16", "default", ""), "{\"cidr_block\":\"10.0.0.0/16\",\"tags\":{\"A\":\"1\"}}", "", false},
        {VPC("10.0.0.0/16", "default", ""), "{\"cidr_block\":\"?\"}", ".cidr_block", false},
        // only one way of the tenancy is a change in place
        {VPC("10.0.0.0/16", "dedicated", ""), "{\"cidr_block\":\"10.0.0.0/16\"}", "", false},
        {VPC("10.0.0.0/16", "default", ""), "{\"cidr_block\":\"10.0.0.0/16\",\"instance_tenancy\":\"dedicated\"}",
         ".instance_tenancy", false},
    };
    World *w = open_type("aws_vpc");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ProviderPlan q = world_plan(w, cases[i].prior, cases[i].config, cases[i].prior);
        assert_no_errors(w);
        assert_string_equal(replaced(w, &q), cases[i].replace);
        if (value_same(q.planned, q.prior) != cases[i].same) fail_msg("case %zu: %s", i, world_show(w, q.planned).p);
    }
    world_free(w);
}

static void rules_are_compared_as_sets(void **state) {
    (void)state;
    World *w = open_type("aws_security_group");
    const char *prior = "{\"id\":\"sg-1\",\"name\":\"a\",\"description\":\"Managed by "
                        "Terraform\",\"vpc_id\":\"vpc-1\",\"revoke_rules_on_delete\":false,"
                        "\"tags_all\":{\"Owner\":\"me\"},\"egress\":[],\"ingress\":[{\"cidr_blocks\":[\"10.0.0.0/"
                        "8\",\"1.0.0.0/8\"],\"description\":\"\","
                        "\"from_port\":80,\"to_port\":80,\"protocol\":\"tcp\",\"self\":false,\"ipv6_cidr_blocks\":[],"
                        "\"prefix_list_ids\":[],\"security_groups\":[]}]}";
    // another order, protocol as a number, and what is left out
    const char *config = "{\"name\":\"a\",\"vpc_id\":\"vpc-1\",\"ingress\":[{\"cidr_blocks\":[\"1.0.0.0/8\",\"10.0.0.0/"
                         "8\"],\"from_port\":80,\"to_port\":80,"
                         "\"protocol\":\"6\",\"self\":null,\"description\":null,\"ipv6_cidr_blocks\":null,\"prefix_"
                         "list_ids\":null,\"security_groups\":null}]}";
    ProviderPlan q = world_plan(w, prior, config, prior);
    assert_no_errors(w);
    assert_true(value_same(q.planned, q.prior));
    q = world_plan(w, prior, "{\"name\":\"a\",\"vpc_id\":\"vpc-1\",\"ingress\":[]}", prior);
    assert_false(value_same(q.planned, q.prior));
    assert_string_equal(replaced(w, &q), "");
    q = world_plan(w, prior, "{\"name\":\"b\",\"vpc_id\":\"vpc-1\"}", prior);
    assert_string_equal(replaced(w, &q), ".name");
    world_free(w);
}

static void policies_keep_their_spelling(void **state) {
    (void)state;
    World *w = open_type("aws_iam_role");
    const char *prior =
        "{\"id\":\"r\",\"name\":\"r\",\"path\":\"/"
        "\",\"max_session_duration\":3600,\"force_detach_policies\":false,\"tags_all\":{\"Owner\":\"me\"},"
        "\"inline_policy\":[],\"assume_role_policy\":\"{\\\"Statement\\\":[{\\\"Action\\\":[\\\"sts:AssumeRole\\\"],"
        "\\\"Effect\\\":\\\"Allow\\\","
        "\\\"Principal\\\":{\\\"AWS\\\":\\\"arn:aws:iam::123456789012:root\\\"}}]}\"}";
    const char *same = "{\"name\":\"r\",\"inline_policy\":[],\"assume_role_policy\":\"{ \\\"Statement\\\": "
                       "{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":"
                       "\\\"sts:AssumeRole\\\",\\\"Principal\\\":{\\\"AWS\\\":[\\\"123456789012\\\"]}}}\"}";
    ProviderPlan q = world_plan(w, prior, same, prior);
    assert_no_errors(w);
    assert_true(value_same(q.planned, q.prior));
    q = world_plan(w, prior, "{\"name\":\"r\",\"inline_policy\":[],\"assume_role_policy\":\"{}\"}", prior);
    assert_false(value_same(q.planned, q.prior));
    world_free(w);
}

static void names_known_beforehand_are_ids(void **state) {
    (void)state;
    World *w = open_type("aws_dynamodb_table");
    const char *config = "{\"name\":\"t\",\"hash_key\":\"k\",\"billing_mode\":\"PAY_PER_REQUEST\",\"attribute\":[{"
                         "\"name\":\"k\",\"type\":\"S\"}],"
                         "\"global_secondary_index\":[],\"local_secondary_index\":[],\"replica\":[],\"import_table\":[]"
                         ",\"on_demand_throughput\":[],"
                         "\"point_in_time_recovery\":[],\"server_side_encryption\":[],\"ttl\":[]}";
    ProviderPlan q = world_plan(w, NULL, config, config);
    assert_no_errors(w);
    const Value *id = value_get_str(q.planned, STR("id"));
    assert_true(value_is_set(*id));
    assert_str(value_str(*id), "t");
    world_free(w);
}

static void undefined_types_are_known(void **state) {
    (void)state;
    World *w = open_type("aws_vpc");
    uint32_t flags = 0;
    const Schema *schema =
        plugin_schema(w->plugin, INFRA_RESOURCE, name_of(w->process, STR("aws_wafv2_web_acl")), &flags);
    assert_non_null(schema);
    assert_true(flags & INFRA_TYPE_UNDEFINED);
    world_type(w, INFRA_RESOURCE, "aws_sqs_queue");
    (void)world_plan(w, NULL, "{}", "{}");
    assert_int_equal(world_errors(w), 1);
    size_t n;
    (void)plugin_types(w->plugin, INFRA_RESOURCE, &n);
    assert_int_equal(n, 1526);
    (void)plugin_types(w->plugin, INFRA_DATA, &n);
    assert_int_equal(n, 608);
    world_free(w);
}

static void validation(void **state) {
    (void)state;
    static const struct {
        const char *type, *config;
        uint32_t errors;
    } cases[] = {
        {"aws_vpc", "{\"cidr_block\":\"10.0.0.0/16\"}", 0},
        {"aws_vpc", "{\"instance_tenancy\":\"host\"}", 1},
        {"aws_vpc", "{\"cidr_block\":\"10.0.0.0/16\",\"ipv4_netmask_length\":16}",
         3}, // excludes, excludes, needs a pool
        {"aws_route", "{\"route_table_id\":\"r\"}", 1},
        {"aws_route",
         "{\"route_table_id\":\"r\",\"destination_cidr_block\":\"?\",\"destination_prefix_list_id\":\"?\"}", 0},
        {"aws_route",
         "{\"route_table_id\":\"r\",\"destination_cidr_block\":\"a\",\"destination_prefix_list_id\":\"b\"}", 1},
    };
    World *w = open_type("aws_vpc");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world_type(w, INFRA_RESOURCE, cases[i].type);
        plugin_validate(w->plugin, INFRA_RESOURCE, w->type, STR("x.y"), w->arena, world_object(w, cases[i].config),
                        &w->diags);
        uint32_t got = world_errors(w);
        if (got != cases[i].errors) fail_msg("case %zu: %u errors", i, got);
    }
    world_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creation_fills_defaults),
        cmocka_unit_test(what_changes),
        cmocka_unit_test(rules_are_compared_as_sets),
        cmocka_unit_test(policies_keep_their_spelling),
        cmocka_unit_test(names_known_beforehand_are_ids),
        cmocka_unit_test(undefined_types_are_known),
        cmocka_unit_test(validation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
