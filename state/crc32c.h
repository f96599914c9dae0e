// CRC-32C (Castagnoli), as in iSCSI and ext4; with the processor's instruction where there is one.
#ifndef INFRA_STATE_CRC32C_H
#define INFRA_STATE_CRC32C_H

#include "engine/base/str.h"

// crc: 0, or the result for the bytes before these.
uint32_t crc32c(uint32_t crc, Str bytes);

#endif
