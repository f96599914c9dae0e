// What an error means for the one who called: try again, wait longer, correct the clock, go to another region.
#ifndef INFRA_AWS_CLIENT_ERRORS_H
#define INFRA_AWS_CLIENT_ERRORS_H

#include "engine/io/http/http.h"
#include "providers/aws/client/client.h"

typedef enum ErrorKind {
    ERROR_FINAL,
    ERROR_TRANSIENT,  // server faults, broken connections: worth another try
    ERROR_THROTTLED,  // try again, and send less
    ERROR_CLOCK_SKEW, // try again with the server's time
    ERROR_EXPIRED,    // credentials ran out: try again with new ones
} ErrorKind;

ErrorKind error_kind(const AwsError *error);
ErrorKind error_kind_of_transport(HttpError error);

#endif
