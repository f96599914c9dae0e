// The query protocol and EC2's dialect of it: a form with flattened names, Filter.1.Value.2=x.
#include "engine/base/limits.h"
#include "providers/aws/client/protocol.h"
#include "providers/aws/client/text.h"

typedef struct Form {
    AwsWire *wire;
    bool ec2;
    Buf body;
    uint32_t depth;
} Form;

static bool write_value(Form *form, const AwsMember *member, Value v, Str prefix);

static void write_pair(Form *form, Str name, Str value) {
    if (form->body.n) buf_char(&form->body, '&');
    text_uri(&form->body, name, false);
    buf_char(&form->body, '=');
    text_uri(&form->body, value, false);
}

// EC2 says names of its own, else the location name with a capital.
static Str form_name(Form *form, const AwsMember *member) {
    if (!form->ec2) return member_wire_name(member);
    if (member->query_name.n) return member->query_name;
    Str name = str_copy(form->wire->arena, member_wire_name(member));
    char first = name.n ? name.p[0] : '\0';
    if (first < 'a' || first > 'z') return name;
    return str_format(form->wire->arena, "%c%.*s", first - 'a' + 'A', STR_ARG(str_slice(name, 1, name.n)));
}

static Str below(Form *form, Str prefix, Str name) {
    if (str_empty(prefix)) return name;
    return str_format(form->wire->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name));
}

static bool write_structure(Form *form, const AwsShape *shape, Value v, Str prefix) {
    if (!input_is_structure(form->wire, shape, v)) return false;
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        Value member;
        if (!input_member(form->wire, m, v, &member)) continue;
        if (!write_value(form, m, member, below(form, prefix, form_name(form, m))))
            return wire_problem_in(form->wire, name_str(m->name));
    }
    return true;
}

// Where the list's own shape is flattened, the last part of the prefix is its element's name if it has one.
static Str list_prefix(Form *form, const AwsMember *list, Str prefix) {
    const AwsMember *element = &list->shape->members[0];
    if (form->ec2) return prefix;
    if (!list->flattened) return below(form, prefix, element->location_name.n ? element->location_name : STR("member"));
    if (!list->shape->flattened || str_empty(element->location_name)) return prefix;
    size_t n = prefix.n;
    while (n > 0 && prefix.p[n - 1] != '.') n--;
    return below(form, str_slice(prefix, 0, n ? n - 1 : 0), element->location_name);
}

static bool write_list(Form *form, const AwsMember *member, Value v, Str prefix) {
    const Value *at;
    uint32_t n;
    if (!input_list(form->wire, v, &at, &n)) return false;
    if (n == 0 && !form->ec2) write_pair(form, prefix, STR_NONE);
    Str inner = list_prefix(form, member, prefix);
    for (uint32_t i = 0, number = 1; i < n; i++) {
        if (value_is_null(at[i])) continue;
        Str name = str_format(form->wire->arena, "%.*s.%u", STR_ARG(inner), number++);
        if (!write_value(form, &member->shape->members[0], at[i], name)) return wire_problem_at(form->wire, i);
    }
    return true;
}

static bool write_map(Form *form, const AwsMember *member, Value v, Str prefix) {
    MapItem *items;
    uint32_t n;
    if (!input_map(form->wire, v, &items, &n)) return false;
    const AwsMember *key = &member->shape->members[0], *value = &member->shape->members[1];
    Str key_name = key->location_name.n ? key->location_name : STR("key");
    Str value_name = value->location_name.n ? value->location_name : STR("value");
    const char *entry = member->flattened ? "" : ".entry";
    for (uint32_t i = 0; i < n; i++) {
        Str item = str_format(form->wire->arena, "%.*s%s.%u", STR_ARG(prefix), entry, i + 1);
        write_pair(form, below(form, item, key_name), items[i].key);
        if (!write_value(form, value, items[i].value, below(form, item, value_name)))
            return wire_problem_in(form->wire, items[i].key);
    }
    return true;
}

static bool write_scalar(Form *form, const AwsMember *member, Value v, Str prefix) {
    Str text;
    if (!input_text(form->wire, member, v, AWS_TIME_ISO8601, &text)) return false;
    write_pair(form, prefix, text);
    return true;
}

static bool write_value(Form *form, const AwsMember *member, Value v, Str prefix) {
    if (form->depth >= LIMIT_VALUE_DEPTH) return wire_problem(form->wire, "nested too deeply");
    form->depth++;
    bool ok;
    switch (member->shape->kind) {
    case AWS_STRUCTURE: ok = write_structure(form, member->shape, v, prefix); break;
    case AWS_LIST: ok = write_list(form, member, v, prefix); break;
    case AWS_MAP: ok = write_map(form, member, v, prefix); break;
    default: ok = write_scalar(form, member, v, prefix);
    }
    form->depth--;
    return ok;
}

static bool form_request(AwsWire *wire, const AwsOperation *operation, Value input, bool ec2) {
    Form form = {wire, ec2, buf_in(wire->arena), 0};
    write_pair(&form, STR("Action"), name_str(operation->name));
    write_pair(&form, STR("Version"), operation->model->api_version);
    if (operation->input && !write_structure(&form, operation->input, input, STR_NONE)) return false;
    wire_header(wire, STR("Content-Type"), STR("application/x-www-form-urlencoded; charset=utf-8"));
    wire->body = buf_str(&form.body);
    return true;
}

bool query_request(AwsWire *wire, const AwsOperation *operation, Value input) {
    return form_request(wire, operation, input, false);
}

bool ec2_request(AwsWire *wire, const AwsOperation *operation, Value input) {
    return form_request(wire, operation, input, true);
}
