// Following an operation's pages: the next request from a page's tokens, and the pages' lists joined.
#ifndef INFRA_AWS_CLIENT_PAGING_H
#define INFRA_AWS_CLIENT_PAGING_H

#include "engine/base/vec.h"
#include "providers/aws/client/model.h"

typedef struct Paging {
    Arena *arena; // of the result
    const AwsPaginator *paginator;
    Value first;        // the first page, which the joined lists go into
    VEC(Value) * lists; // per result key: the elements so far
    Str *tokens;        // of the last page: the same again would never end
    uint32_t pages;
} Paging;

Paging paging_start(Arena *arena, const AwsPaginator *paginator);
// Takes a page. True when there is another: *next is the input for it. A token that repeats ends the pages.
bool paging_add(Paging *paging, Value page, Value input, Value *next);
// The first page with all elements in its lists and no tokens.
Value paging_finish(Paging *paging);

// The value at a path like "A.B", "Items[-1].Key", "Next || Other": the first that is not null. NULL when there is
// none.
const Value *paging_find(Value v, Str path);

#endif
