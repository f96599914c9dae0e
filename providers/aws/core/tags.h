// Tags of every resource: what the configuration, default_tags and ignore_tags make of them.
#ifndef INFRA_AWS_CORE_TAGS_H
#define INFRA_AWS_CORE_TAGS_H

#include "providers/aws/core/aws.h"

// tags_all as planned from the object's own tags: unknown when any of them is.
Value tags_planned(Arena *arena, const struct InfraProvider *provider, Value own);
// From what was read (a map or key/value structures): without aws:* and ignored keys.
Value tags_seen(Arena *arena, const struct InfraProvider *provider, Value read);
// The part of tags_all that the object's own `tags` hold: what is not just as default_tags has it, and what the
// configuration or the state says itself.
Value tags_own(Arena *arena, const struct InfraProvider *provider, Value all, Value was);
// What has to be sent and removed so that `from` becomes `to` (maps or null).
void tags_difference(Arena *arena, Value from, Value to, Value *add, Value *remove_keys);

#endif
