// The log of calls: one line a try, and on level "trace" what went over the wire. Keys, tokens and signatures are left
// out, and so are the bodies of operations whose shapes have sensitive members and the payloads of objects.
#ifndef INFRA_AWS_CLIENT_WIRE_LOG_H
#define INFRA_AWS_CLIENT_WIRE_LOG_H

#include "engine/io/http/http.h"
#include "providers/aws/client/model.h"

void wire_log_request(Process *process, const AwsOperation *operation, const HttpRequest *request);
void wire_log_response(Process *process, const AwsOperation *operation, const HttpResponse *response);
// "ec2 DescribeVpcs: 200, try 1, 12.3 ms, request id …".
void wire_log_try(Process *process, const AwsOperation *operation, const HttpResponse *response, Str request_id,
                  uint32_t tries, int64_t ns);

#endif
