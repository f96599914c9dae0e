// The functions that definitions have besides those of the language (docs/aws-definitions.md, section 6).
#ifndef INFRA_AWS_CORE_FUNCTIONS_H
#define INFRA_AWS_CORE_FUNCTIONS_H

#include "engine/eval/func.h"
#include "providers/aws/core/frame.h"

// The language's functions and these, in one table.
const FuncTable *functions_table(Core *core);

// The frame in whose scope a function is called.
static inline Frame *func_frame(FuncCall *call) {
    return (Frame *)(void *)((char *)call->context - offsetof(Frame, funcs));
}

typedef bool FuncRun(FuncCall *call, Value *out);
// functions_text.c
FuncRun fn_arn_part, fn_prefix_of, fn_policy, fn_json, fn_ip_protocol, fn_cidr, fn_crc32, fn_last_segment,
    fn_last_colon, fn_urldecode, fn_iso_time;
// functions_list.c
FuncRun fn_present, fn_first, fn_added, fn_removed, fn_replaced, fn_chunks, fn_kv, fn_filters, fn_tag_specs, fn_only,
    fn_newest, fn_regroup;
// hooks.c
FuncRun fn_ec2_atoms, fn_ec2_rules, fn_s3_hosted_zone, fn_s3_website_domain, fn_redirect_host, fn_redirect_url;

#endif
