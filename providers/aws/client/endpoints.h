// Where a service's requests go, and for which region they are signed.
#ifndef INFRA_AWS_CLIENT_ENDPOINTS_H
#define INFRA_AWS_CLIENT_ENDPOINTS_H

#include "providers/aws/client/model.h"
#include "providers/aws/client/settings.h"

typedef struct AwsAddress {
    Str scheme;  // "https"
    Str host;    // with a port where it is not the scheme's
    Str path;    // without a slash at the end; what comes before the operation's
    Str region;  // to sign for
    bool custom; // given, not made of region and suffix
} AwsAddress;

// False with a problem when the endpoint's URL is malformed, or no region is known and the service needs one.
bool endpoint_find(const AwsConfig *config, const AwsModel *model, Str region, AwsAddress *out, Str *problem);
// The partition of a region: "aws", "aws-cn".
const char *endpoint_partition(Str region);
const char *endpoint_dns_suffix(Str region);

// Moves an S3 bucket's name from the path to the host, where its name and the address allow it.
void endpoint_s3(const AwsConfig *config, Str bucket, AwsAddress *address, Buf *path);

#endif
