// Errors of the five protocols, and what they mean. Sources: AWS's documentation of its error responses, botocore's
// and the Go SDK's lists of codes.
#include "providers/aws/client/errors.h"

#include "engine/base/utf8.h"
#include "providers/aws/client/protocol.h"
#include "providers/aws/client/slice.h"
#include "providers/aws/client/text.h"
#include "providers/aws/client/xml.h"

Str protocol_request_id(const HttpResponse *response) {
    static const Str names[] = {STR_INIT("x-amzn-RequestId"), STR_INIT("x-amz-request-id"),
                                STR_INIT("x-amzn-request-id")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str id = http_header(response, names[i]);
        if (id.n) return id;
    }
    return STR_NONE;
}

// "prefix#Code:http://…" is Code.
static Str bare_code(Str code) {
    ptrdiff_t colon = str_find_char(code, ':');
    if (colon >= 0) code = str_slice(code, 0, (size_t)colon);
    ptrdiff_t hash = str_find_char(code, '#');
    return str_trim(hash < 0 ? code : str_slice(code, (size_t)hash + 1, code.n));
}

static Str first_text(Arena *arena, const StrMap *object, const char *const *keys) {
    Str text = STR_NONE;
    for (; *keys && str_empty(text); keys++) text = slice_text(arena, slice_get(object, *keys));
    return text;
}

// The code that the model gives to the shape of that name, where it differs.
static Str modeled_code(const AwsOperation *operation, Str code) {
    for (uint32_t i = 0; i < operation->error_count; i++) {
        const AwsShape *shape = operation->errors[i];
        if (shape->error_code.n && str_eq(name_str(shape->name), code)) return shape->error_code;
    }
    return code;
}

static void json_error_read(Arena *arena, const AwsOperation *operation, const HttpResponse *response, AwsError *out) {
    static const char *const codes[] = {"__type", "code", "Code", NULL};
    static const char *const messages[] = {"message", "Message", "errorMessage", NULL};
    Str code = http_header(response, STR("x-amzn-errortype"));
    StrMap object;
    if (slice_object(arena, response->body, &object)) {
        if (str_empty(code)) code = first_text(arena, &object, codes);
        out->message = str_copy(arena, first_text(arena, &object, messages));
    }
    out->code = str_copy(arena, bare_code(code));
    Str query = http_header(response, STR("x-amzn-query-error"));
    ptrdiff_t semicolon = str_find_char(query, ';');
    if (operation->model->query_compatible && query.n)
        out->code = str_copy(arena, semicolon < 0 ? query : str_slice(query, 0, (size_t)semicolon));
    else
        out->code = modeled_code(operation, out->code);
}

// <Error> is the root, or within one or two elements around it.
static const XmlNode *find_error(const XmlNode *root) {
    if (!root || str_eqz(root->name, "Error")) return root;
    const XmlNode *error = xml_child(root, STR("Error"));
    return error ? error : xml_child(xml_child(root, STR("Errors")), STR("Error"));
}

static void xml_error_read(Arena *arena, const HttpResponse *response, AwsError *out) {
    const XmlNode *root = xml_parse(arena, response->body), *error = find_error(root);
    if (!error) return;
    out->code = str_trim(xml_text(error, "Code"));
    out->message = str_trim(xml_text(error, "Message"));
    static const char *const ids[] = {"RequestId", "RequestID"};
    for (int i = 0; i < 2 && str_empty(out->request_id); i++) {
        out->request_id = str_trim(xml_text(root, ids[i]));
        if (str_empty(out->request_id)) out->request_id = str_trim(xml_text(error, ids[i]));
    }
}

// The answer to HEAD has no body: the status is all there is.
static Str code_of_status(int status) {
    switch (status) {
    case 301:
    case 307: return STR("PermanentRedirect");
    case 304: return STR("NotModified");
    case 400: return STR("BadRequest");
    case 403: return STR("Forbidden");
    case 404: return STR("NotFound");
    case 405: return STR("MethodNotAllowed");
    case 409: return STR("Conflict");
    case 412: return STR("PreconditionFailed");
    default: return STR_NONE;
    }
}

void protocol_error(Arena *arena, const AwsOperation *operation, const HttpResponse *response, AwsError *out) {
    out->status = response->status;
    out->sent = true;
    out->request_id = str_copy(arena, protocol_request_id(response));
    AwsProtocol protocol = operation->model->protocol;
    if (protocol == AWS_JSON || protocol == AWS_REST_JSON)
        json_error_read(arena, operation, response, out);
    else
        xml_error_read(arena, response, out);
    bool bare = str_eqz(operation->method, "HEAD") || response->status == 304;
    if (str_empty(out->code) && bare) out->code = code_of_status(response->status);
    if (out->code.n || out->message.n) return;
    // Proxies and load balancers answer in their own words.
    Str begin = str_slice(str_trim(response->body), 0, 200);
    bool printable = utf8_valid(begin) == begin.n;
    out->message = begin.n && printable ? str_format(arena, "the answer is not AWS's: %.*s", STR_ARG(begin))
                                        : STR("the answer says nothing more");
}

bool protocol_hidden_error(Arena *arena, const AwsOperation *operation, const HttpResponse *response) {
    if (operation->model->protocol != AWS_REST_XML || response->body.n == 0 || response->body.n > 16384) return false;
    if (str_find(response->body, STR("<Error>")) < 0) return false;
    if (operation->output && operation->output->payload >= 0 &&
        operation->output->members[operation->output->payload].shape->kind != AWS_STRUCTURE)
        return false;
    const XmlNode *root = xml_parse(arena, response->body);
    return root && str_eqz(root->name, "Error");
}

static bool is_one_of(Str code, const char *const *list) {
    for (; *list; list++)
        if (str_eqz(code, *list)) return true;
    return false;
}

ErrorKind error_kind(const AwsError *error) {
    static const char *const throttled[] = {"Throttling",
                                            "ThrottlingException",
                                            "ThrottledException",
                                            "RequestThrottledException",
                                            "TooManyRequestsException",
                                            "ProvisionedThroughputExceededException",
                                            "TransactionInProgressException",
                                            "RequestLimitExceeded",
                                            "BandwidthLimitExceeded",
                                            "LimitExceededException",
                                            "RequestThrottled",
                                            "SlowDown",
                                            "PriorRequestNotComplete",
                                            "EC2ThrottledException",
                                            NULL};
    static const char *const transient[] = {"RequestTimeout",
                                            "RequestTimeoutException",
                                            "InternalError",
                                            "InternalFailure",
                                            "InternalServerError",
                                            "ServiceUnavailable",
                                            "ServiceUnavailableException",
                                            "Unavailable",
                                            "IDPCommunicationError",
                                            "OperationAborted",
                                            NULL};
    static const char *const skewed[] = {"RequestTimeTooSkewed",
                                         "RequestExpired",
                                         "RequestInTheFuture",
                                         "InvalidSignatureException",
                                         "SignatureDoesNotMatch",
                                         "AuthFailure",
                                         NULL};
    static const char *const expired[] = {"ExpiredToken", "ExpiredTokenException", NULL};
    if (is_one_of(error->code, throttled)) return ERROR_THROTTLED;
    if (is_one_of(error->code, expired)) return ERROR_EXPIRED;
    if (is_one_of(error->code, skewed)) return ERROR_CLOCK_SKEW;
    if (is_one_of(error->code, transient)) return ERROR_TRANSIENT;
    if (error->status == 429) return ERROR_THROTTLED;
    if (error->status == 500 || error->status == 502 || error->status == 503 || error->status == 504)
        return ERROR_TRANSIENT;
    return ERROR_FINAL;
}

ErrorKind error_kind_of_transport(HttpError error) {
    switch (error) {
    case HTTP_RESOLVE:
    case HTTP_CONNECT:
    case HTTP_TIMEOUT:
    case HTTP_BROKEN: return ERROR_TRANSIENT;
    default: return ERROR_FINAL;
    }
}
