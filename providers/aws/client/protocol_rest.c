// The two REST protocols: members in the path, the query, headers, and a body that is JSON, XML or bytes.
#include "providers/aws/client/protocol.h"
#include "providers/aws/client/text.h"

// --- requests ---

// The label's value from the input, or a problem: AWS's paths have no empty parts.
static bool label_text(AwsWire *wire, const AwsOperation *operation, Value input, Str label, Str *out) {
    const AwsShape *shape = operation->input;
    for (uint32_t i = 0; shape && i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        Value v;
        if (m->location != AWS_IN_URI || !str_eq(member_wire_name(m), label)) continue;
        bool given = input_member(wire, m, input, &v);
        if (given && !input_text(wire, m, v, AWS_TIME_ISO8601, out)) return wire_problem_in(wire, name_str(m->name));
        if (given && out->n) return true;
        wire_problem(wire, "a value that is not empty is needed, it is part of the address");
        return wire_problem_in(wire, name_str(m->name));
    }
    return wire_problem(wire, "the operation's address has a part \"%.*s\" that its input lacks", STR_ARG(label));
}

static bool write_path(AwsWire *wire, const AwsOperation *operation, Value input, Str pattern) {
    while (pattern.n) {
        ptrdiff_t open = str_find_char(pattern, '{'), close = str_find_char(pattern, '}');
        if (open < 0 || close < open) break;
        buf_add(&wire->path, str_slice(pattern, 0, (size_t)open));
        Str label = str_slice(pattern, (size_t)open + 1, (size_t)close), text;
        bool greedy = str_ends(label, STR("+"));
        if (greedy) label.n--;
        if (!label_text(wire, operation, input, label, &text)) return false;
        text_uri(&wire->path, text, greedy);
        pattern = str_slice(pattern, (size_t)close + 1, pattern.n);
    }
    buf_add(&wire->path, pattern);
    return true;
}

static void add_query(AwsWire *wire, Str name, Str value) {
    HttpHeader pair = {name, value};
    vec_push(wire->arena, &wire->query, pair);
}

static bool has_query(const AwsWire *wire, Str name, uint32_t from) {
    for (uint32_t i = from; i < wire->query.n; i++)
        if (str_eq(wire->query.at[i].name, name)) return true;
    return false;
}

static bool write_uri(AwsWire *wire, const AwsOperation *operation, Value input) {
    Str uri = operation->uri, constants = STR_NONE, pair;
    ptrdiff_t question = str_find_char(uri, '?');
    if (question >= 0) {
        constants = str_slice(uri, (size_t)question + 1, uri.n);
        uri = str_slice(uri, 0, (size_t)question);
    }
    buf_clear(&wire->path);
    if (!write_path(wire, operation, input, uri)) return false;
    while (str_next(&constants, '&', &pair)) {
        ptrdiff_t equals = str_find_char(pair, '=');
        size_t end = equals < 0 ? pair.n : (size_t)equals;
        if (pair.n) add_query(wire, str_slice(pair, 0, end), str_slice(pair, end + 1, pair.n));
    }
    return true;
}

static bool write_query_list(AwsWire *wire, const AwsMember *element, Str name, Value v) {
    const Value *at;
    uint32_t n;
    if (!input_list(wire, v, &at, &n)) return false;
    for (uint32_t i = 0; i < n; i++) {
        Str text;
        if (value_is_null(at[i])) continue;
        if (!input_text(wire, element, at[i], AWS_TIME_ISO8601, &text)) return wire_problem_at(wire, i);
        add_query(wire, name, text);
    }
    return true;
}

// Named parameters win over those of a map.
static bool write_query_map(AwsWire *wire, const AwsShape *map, Value v, uint32_t named) {
    MapItem *items;
    uint32_t n;
    if (!input_map(wire, v, &items, &n)) return false;
    const AwsMember *value = &map->members[1];
    for (uint32_t i = 0; i < n; i++) {
        Str text;
        if (has_query(wire, items[i].key, named)) continue;
        bool ok;
        if (value->shape->kind == AWS_LIST) {
            ok = write_query_list(wire, &value->shape->members[0], items[i].key, items[i].value);
        } else if ((ok = input_text(wire, value, items[i].value, AWS_TIME_ISO8601, &text))) {
            add_query(wire, items[i].key, text);
        }
        if (!ok) return wire_problem_in(wire, items[i].key);
    }
    return true;
}

static bool write_query(AwsWire *wire, const AwsMember *m, Value v) {
    Str text;
    if (m->shape->kind == AWS_LIST) return write_query_list(wire, &m->shape->members[0], member_wire_name(m), v);
    if (!input_text(wire, m, v, AWS_TIME_ISO8601, &text)) return false;
    add_query(wire, member_wire_name(m), text);
    return true;
}

// A string of a list is quoted where a comma or a quote would mislead.
static void add_quoted(Buf *out, Str text) {
    if (str_find_char(text, ',') < 0 && str_find_char(text, '"') < 0) {
        buf_add(out, text);
        return;
    }
    buf_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\') buf_char(out, '\\');
        buf_char(out, text.p[i]);
    }
    buf_char(out, '"');
}

static bool header_list(AwsWire *wire, const AwsMember *element, Value v, Str *out) {
    const Value *at;
    uint32_t n;
    Buf joined = buf_in(wire->arena);
    if (!input_list(wire, v, &at, &n)) return false;
    for (uint32_t i = 0; i < n; i++) {
        Str text;
        if (value_is_null(at[i])) continue;
        if (!input_text(wire, element, at[i], AWS_TIME_RFC822, &text)) return wire_problem_at(wire, i);
        if (joined.n) buf_z(&joined, ", ");
        if (element->shape->kind == AWS_STRING)
            add_quoted(&joined, text);
        else
            buf_add(&joined, text);
    }
    *out = buf_str(&joined);
    return true;
}

// A header cannot hold a line's end: whoever could put one there could put anything.
static bool add_header(AwsWire *wire, Str name, Str value) {
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '\r' || value.p[i] == '\n' || value.p[i] == '\0')
            return wire_problem(wire, "a line's end cannot be sent in a header");
    wire_header(wire, name, value);
    return true;
}

static bool write_header(AwsWire *wire, const AwsMember *m, Value v) {
    Str text;
    if (m->shape->kind == AWS_LIST) {
        if (!header_list(wire, &m->shape->members[0], v, &text)) return false;
    } else if (!input_text(wire, m, v, AWS_TIME_RFC822, &text)) {
        return false;
    }
    if (m->json_value) {
        Buf encoded = buf_in(wire->arena);
        text_base64(&encoded, text);
        text = buf_str(&encoded);
    }
    return add_header(wire, member_wire_name(m), text);
}

static bool write_headers(AwsWire *wire, const AwsMember *m, Value v) {
    MapItem *items;
    uint32_t n;
    if (!input_map(wire, v, &items, &n)) return false;
    for (uint32_t i = 0; i < n; i++) {
        Str text;
        if (!input_text(wire, &m->shape->members[1], items[i].value, AWS_TIME_RFC822, &text) ||
            !add_header(wire, str_concat(wire->arena, m->location_name, items[i].key), text))
            return wire_problem_in(wire, items[i].key);
    }
    return true;
}

static bool write_located(AwsWire *wire, const AwsMember *m, Value v, uint32_t named) {
    switch (m->location) {
    case AWS_IN_QUERY:
        return m->shape->kind == AWS_MAP ? write_query_map(wire, m->shape, v, named) : write_query(wire, m, v);
    case AWS_IN_HEADER: return write_header(wire, m, v);
    case AWS_IN_HEADERS: return write_headers(wire, m, v);
    default: return true;
    }
}

// Maps of query parameters come after the named ones.
static bool write_members(AwsWire *wire, const AwsShape *shape, Value input) {
    uint32_t named = wire->query.n;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < shape->n; i++) {
            const AwsMember *m = &shape->members[i];
            bool late = m->location == AWS_IN_QUERY && m->shape->kind == AWS_MAP;
            Value v;
            if (m->location == AWS_IN_BODY || m->location == AWS_IN_URI || late != (pass == 1)) continue;
            if (!input_member(wire, m, input, &v)) continue;
            if (!write_located(wire, m, v, named)) return wire_problem_in(wire, name_str(m->name));
        }
    }
    return true;
}

static bool is_json(const AwsOperation *operation) { return operation->model->protocol == AWS_REST_JSON; }

static void content_type(AwsWire *wire, Str type) {
    if (!wire_has_header(wire, STR("Content-Type"))) wire_header(wire, STR("Content-Type"), type);
}

static bool write_body_of(AwsWire *wire, const AwsOperation *operation, const AwsShape *shape, const AwsMember *payload,
                          Value v) {
    Buf body = buf_in(wire->arena);
    bool ok = is_json(operation) ? json_body_write(wire, shape, v, &body)
                                 : xml_body_write(wire, operation, shape, payload, v, &body);
    wire->body = buf_str(&body);
    content_type(wire, is_json(operation) ? STR("application/json") : STR("application/xml"));
    return ok;
}

static bool write_payload(AwsWire *wire, const AwsOperation *operation, Value input, const Str *bytes) {
    const AwsMember *m = &operation->input->members[operation->input->payload];
    Value v;
    if (bytes && m->shape->kind == AWS_BLOB) {
        wire->body = str_copy(wire->arena, *bytes);
        content_type(wire, STR("application/octet-stream"));
        return true;
    }
    if (!input_member(wire, m, input, &v)) {
        bool empty_object = is_json(operation) && m->shape->kind == AWS_STRUCTURE && !m->shape->is_union;
        if (empty_object) {
            wire->body = STR("{}");
            content_type(wire, STR("application/json"));
        }
        return true;
    }
    bool ok;
    if (m->shape->kind == AWS_BLOB) {
        ok = input_blob(wire, v, &wire->body);
        content_type(wire, STR("application/octet-stream"));
    } else if (m->shape->kind == AWS_STRING && !m->shape->document) {
        ok = input_text(wire, m, v, AWS_TIME_ISO8601, &wire->body);
        content_type(wire, STR("text/plain"));
    } else {
        ok = write_body_of(wire, operation, m->shape, m, v);
    }
    return ok || wire_problem_in(wire, name_str(m->name));
}

static bool write_body(AwsWire *wire, const AwsOperation *operation, Value input) {
    const AwsShape *shape = operation->input;
    bool modeled = false, given = false;
    for (uint32_t i = 0; i < shape->n; i++) {
        Value v;
        if (shape->members[i].location != AWS_IN_BODY) continue;
        modeled = true;
        given |= input_member(wire, &shape->members[i], input, &v);
    }
    if (!modeled || (!given && !is_json(operation))) return true;
    return write_body_of(wire, operation, shape, NULL, input);
}

bool rest_request(AwsWire *wire, const AwsOperation *operation, Value input, const Str *payload) {
    if (!write_uri(wire, operation, input)) return false;
    if (!operation->input) return true;
    if (!input_is_structure(wire, operation->input, input) || !write_members(wire, operation->input, input))
        return false;
    return operation->input->payload >= 0 ? write_payload(wire, operation, input, payload)
                                          : write_body(wire, operation, input);
}

// --- results ---

// The next element of a header that is a list; dates have a comma of their own.
static bool next_element(Arena *arena, Str *rest, bool dates, Str *out) {
    Str s = str_trim(*rest);
    if (str_empty(s)) return false;
    if (s.p[0] == '"') {
        Buf text = buf_in(arena);
        size_t i = 1;
        for (; i < s.n && s.p[i] != '"'; i++) {
            if (s.p[i] == '\\' && i + 1 < s.n) i++;
            buf_char(&text, s.p[i]);
        }
        *out = buf_str(&text);
        s = str_slice(s, i + 1, s.n);
        ptrdiff_t comma = str_find_char(s, ',');
        *rest = comma < 0 ? STR_NONE : str_slice(s, (size_t)comma + 1, s.n);
        return true;
    }
    ptrdiff_t comma = str_find_char(s, ',');
    if (dates && comma >= 0) {
        ptrdiff_t second = str_find_char(str_slice(s, (size_t)comma + 1, s.n), ',');
        comma = second < 0 ? -1 : comma + 1 + second;
    }
    *out = str_trim(comma < 0 ? s : str_slice(s, 0, (size_t)comma));
    *rest = comma < 0 ? STR_NONE : str_slice(s, (size_t)comma + 1, s.n);
    return true;
}

static bool read_header(Arena *arena, const AwsMember *m, Str text, Value *out) {
    if (m->json_value) {
        Str decoded;
        if (text_base64_decode(arena, text, &decoded)) text = decoded;
        *out = value_string(arena, text);
        return true;
    }
    if (m->shape->kind != AWS_LIST) return output_scalar(arena, m, text, out);
    const AwsMember *element = &m->shape->members[0];
    bool dates = element->shape->kind == AWS_TIMESTAMP &&
                 (element->time == AWS_TIME_DEFAULT || element->time == AWS_TIME_RFC822);
    VEC(Value) values = {0};
    for (Str piece; next_element(arena, &text, dates, &piece);)
        if (!output_scalar(arena, element, piece, vec_add(arena, &values))) return false;
    *out = value_tuple(arena, values.at, values.n);
    return true;
}

static bool read_headers(Arena *arena, const AwsMember *m, const HttpResponse *response, Value *out) {
    VEC(Name) names = {0};
    VEC(Value) values = {0};
    Str prefix = m->location_name;
    for (uint32_t i = 0; i < response->header_count; i++) {
        HttpHeader h = response->headers[i];
        if (h.name.n < prefix.n || !text_same(str_slice(h.name, 0, prefix.n), prefix)) continue;
        vec_push(arena, &names, name_of(arena_process(arena), str_slice(h.name, prefix.n, h.name.n)));
        if (!output_scalar(arena, &m->shape->members[1], h.value, vec_add(arena, &values))) return false;
    }
    *out = value_object_of(arena, names.at, values.at, values.n);
    return true;
}

static bool has_header(const HttpResponse *response, Str name) {
    for (uint32_t i = 0; i < response->header_count; i++)
        if (text_same(response->headers[i].name, name)) return true;
    return false;
}

static bool read_located(Arena *arena, const AwsMember *m, const HttpResponse *response, Value *out) {
    switch (m->location) {
    case AWS_IN_HEADER:
        if (!has_header(response, member_wire_name(m))) return true;
        return read_header(arena, m, http_header(response, member_wire_name(m)), out);
    case AWS_IN_HEADERS: return read_headers(arena, m, response, out);
    case AWS_IN_STATUS: *out = value_int(response->status); return true;
    default: return true;
    }
}

static bool read_payload(Arena *arena, const AwsOperation *operation, const AwsMember *m, Str body, Value *out,
                         Str *problem) {
    if (m->shape->kind == AWS_BLOB) {
        if (body.n) *out = output_blob(arena, body);
        return true;
    }
    if (m->shape->kind == AWS_STRING && !m->shape->document) {
        if (body.n) *out = value_string(arena, body);
        return true;
    }
    if (str_empty(str_trim(body))) return true;
    return is_json(operation) ? json_body_read(arena, m->shape, body, out, problem)
                              : xml_body_read(arena, operation, m->shape, body, out, problem);
}

static bool has_body_members(const AwsShape *shape) {
    for (uint32_t i = 0; i < shape->n; i++)
        if (output_in_body(&shape->members[i])) return true;
    return false;
}

// Body members are read into a value of their own first, then joined by the located ones.
bool rest_result(Arena *arena, const AwsOperation *operation, const HttpResponse *response, bool raw_payload,
                 Value *out, Str *problem) {
    const AwsShape *shape = operation->output;
    ObjectData *data = output_structure(arena, shape);
    if (shape->payload >= 0) {
        const AwsMember *m = &shape->members[shape->payload];
        Value *to = output_member(data, shape, (uint32_t)shape->payload);
        bool skipped = raw_payload && m->shape->kind == AWS_BLOB;
        if (!skipped && !read_payload(arena, operation, m, response->body, to, problem)) return false;
    } else if (has_body_members(shape)) {
        Value body;
        bool ok = is_json(operation) ? json_body_read(arena, shape, response->body, &body, problem)
                                     : xml_body_read(arena, operation, shape, response->body, &body, problem);
        if (!ok) return false;
        memcpy(data->at, body.obj->at, shape->n * sizeof *data->at);
    }
    for (uint32_t i = 0; i < shape->n; i++) {
        const AwsMember *m = &shape->members[i];
        if (output_in_body(m)) continue;
        if (read_located(arena, m, response, output_member(data, shape, i))) continue;
        *problem = str_format(arena, "the header of %s is not of its type", m->name->text);
        return false;
    }
    *out = value_finish_object(arena, data);
    return true;
}
