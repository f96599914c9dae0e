#include "state/backend/s3_config.h"

enum { TEXT, BOOL, NUMBER, TEXTS, MAP };

typedef struct Row {
    const char *name;
    uint8_t type, flags;
    const char *instead; // deprecated: what to use
} Row;

static const Row rows[] = {
    {"bucket", TEXT, ATTR_REQUIRED, NULL},
    {"key", TEXT, ATTR_REQUIRED, NULL},
    {"region", TEXT, 0, NULL},
    {"workspace_key_prefix", TEXT, 0, NULL},
    {"encrypt", BOOL, 0, NULL},
    {"kms_key_id", TEXT, 0, NULL},
    {"sse_customer_key", TEXT, ATTR_SENSITIVE, NULL},
    {"acl", TEXT, 0, NULL},
    {"state_tags", MAP, 0, NULL},
    {"lock_tags", MAP, 0, NULL},
    {"skip_s3_checksum", BOOL, 0, NULL},
    {"use_path_style", BOOL, 0, NULL},
    {"force_path_style", BOOL, 0, "use_path_style"},
    {"dynamodb_table", TEXT, 0, NULL},
    {"use_lockfile", BOOL, 0, NULL},
    {"endpoint", TEXT, 0, "endpoints.s3"},
    {"iam_endpoint", TEXT, 0, "endpoints.iam"},
    {"sts_endpoint", TEXT, 0, "endpoints.sts"},
    {"dynamodb_endpoint", TEXT, 0, "endpoints.dynamodb"},
    {"sts_region", TEXT, 0, NULL},
    {"use_fips_endpoint", BOOL, 0, NULL},
    {"use_dualstack_endpoint", BOOL, 0, NULL},
    {"http_proxy", TEXT, 0, NULL},
    {"https_proxy", TEXT, 0, NULL},
    {"no_proxy", TEXT, 0, NULL},
    {"insecure", BOOL, 0, NULL},
    {"custom_ca_bundle", TEXT, 0, NULL},
    {"access_key", TEXT, 0, NULL},
    {"secret_key", TEXT, ATTR_SENSITIVE, NULL},
    {"token", TEXT, ATTR_SENSITIVE, NULL},
    {"profile", TEXT, 0, NULL},
    {"shared_credentials_file", TEXT, 0, "shared_credentials_files"},
    {"shared_credentials_files", TEXTS, 0, NULL},
    {"shared_config_files", TEXTS, 0, NULL},
    {"ec2_metadata_service_endpoint", TEXT, 0, NULL},
    {"ec2_metadata_service_endpoint_mode", TEXT, 0, NULL},
    {"skip_credentials_validation", BOOL, 0, NULL},
    {"skip_metadata_api_check", BOOL, 0, NULL},
    {"skip_region_validation", BOOL, 0, NULL},
    {"skip_requesting_account_id", BOOL, 0, NULL},
    {"allowed_account_ids", TEXTS, 0, NULL},
    {"forbidden_account_ids", TEXTS, 0, NULL},
    {"max_retries", NUMBER, 0, NULL},
    {"retry_mode", TEXT, 0, NULL},
    {"role_arn", TEXT, 0, "assume_role.role_arn"},
    {"session_name", TEXT, 0, "assume_role.session_name"},
    {"external_id", TEXT, 0, "assume_role.external_id"},
    {"assume_role_duration_seconds", NUMBER, 0, "assume_role.duration"},
    {"assume_role_policy", TEXT, 0, "assume_role.policy"},
    {"assume_role_policy_arns", TEXTS, 0, "assume_role.policy_arns"},
    {"assume_role_tags", MAP, 0, "assume_role.tags"},
    {"assume_role_transitive_tag_keys", TEXTS, 0, "assume_role.transitive_tag_keys"},
    {0},
};

static const Row endpoint_rows[] = {
    {"s3", TEXT, 0, NULL}, {"iam", TEXT, 0, NULL}, {"sts", TEXT, 0, NULL}, {"dynamodb", TEXT, 0, NULL}, {0},
};

static const Row role_rows[] = {
    {"role_arn", TEXT, ATTR_REQUIRED, NULL},
    {"duration", TEXT, 0, NULL},
    {"external_id", TEXT, 0, NULL},
    {"policy", TEXT, 0, NULL},
    {"policy_arns", TEXTS, 0, NULL},
    {"session_name", TEXT, 0, NULL},
    {"tags", MAP, 0, NULL},
    {"transitive_tag_keys", TEXTS, 0, NULL},
    {0},
};

static const Row web_identity_rows[] = {
    {"role_arn", TEXT, 0, NULL},
    {"web_identity_token", TEXT, ATTR_SENSITIVE, NULL},
    {"web_identity_token_file", TEXT, 0, NULL},
    {"session_name", TEXT, 0, NULL},
    {"policy", TEXT, 0, NULL},
    {"policy_arns", TEXTS, 0, NULL},
    {"duration", TEXT, 0, NULL},
    {0},
};

static const Type *row_type(Process *p, uint8_t type) {
    switch (type) {
    case BOOL: return type_bool(p);
    case NUMBER: return type_number(p);
    case TEXTS: return type_set(p, type_string(p));
    case MAP: return type_map(p, type_string(p));
    default: return type_string(p);
    }
}

static void add_rows(SchemaBuilder *b, const Row *row) {
    for (; row->name; row++) {
        uint8_t flags = row->flags & ATTR_REQUIRED ? row->flags : row->flags | ATTR_OPTIONAL;
        SchemaAttr *attr = schema_add(b, row->name, row_type(b->process, row->type), flags);
        if (row->instead) attr->deprecated = str_format(b->process->arena, "Use \"%s\" instead.", row->instead);
    }
}

static void add_nested(SchemaBuilder *b, const char *name, const Row *row) {
    SchemaBuilder inner = schema_builder(b->process);
    add_rows(&inner, row);
    const SchemaBlock *nested = schema_finish(&inner);
    SchemaAttr *attr = schema_add(b, name, schema_nested_type(b->process, nested, NEST_SINGLE), ATTR_OPTIONAL);
    attr->nested = nested;
    attr->nesting = NEST_SINGLE;
}

const SchemaBlock *s3_schema(Process *process) {
    SchemaBuilder b = schema_builder(process);
    add_rows(&b, rows);
    add_nested(&b, "endpoints", endpoint_rows);
    add_nested(&b, "assume_role", role_rows);
    add_nested(&b, "assume_role_with_web_identity", web_identity_rows);
    return schema_finish(&b);
}
