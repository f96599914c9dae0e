// The entry of infra-http.so.
#ifndef INFRA_IO_HTTP_TRANSPORT_H
#define INFRA_IO_HTTP_TRANSPORT_H

#include "engine/io/http/http.h"

typedef struct HttpLibrary {
    HttpTransport transport;
    void (*end)(void *transport); // called with transport.ctx when the loop ends
} HttpLibrary;

// False when libcurl cannot be set up.
bool infra_http_open(Loop *loop, HttpLibrary *out);

#endif
