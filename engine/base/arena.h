// Arenas: memory by lifetime. Nothing is freed alone; an arena is reset or freed whole.
//
// Every arena belongs to a Process (process.h), through which whatever has an arena reaches the interned names,
// types and marks, so that no function needs a global. `life` ranks lifetimes: a pointer into an arena of rank r
// may be stored in memory of rank >= r only. Debug builds with INFRA_ARENA_DEBUG give each item its own malloc, so
// that the address sanitizer sees overruns and uses after reset. An arena is for one thread at a time.
#ifndef INFRA_BASE_ARENA_H
#define INFRA_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct Process Process;
typedef struct Arena Arena;

typedef enum Life {
    LIFE_PROCESS, // until exit: names, types, schemas, functions
    LIFE_CONFIG,  // one loaded configuration: source bytes, AST, code
    LIFE_WALK,    // one plan or apply: planned values, rows, graph
    LIFE_OP,      // one operation, reset per attempt: scratch
} Life;

Arena *arena_new(Process *process, Life life, const char *label);
void arena_free(Arena *arena);
// Frees all items but keeps some memory for the next round.
void arena_reset(Arena *arena);

// A mark to return to: items made after it go together (scratch inside a longer-lived arena).
typedef struct ArenaMark {
    void *chunk;
    size_t used;
} ArenaMark;
ArenaMark arena_mark(Arena *arena);
void arena_release(Arena *arena, ArenaMark mark);

// Aligned to 16 bytes, not cleared. Size 0 gives a valid pointer. Never NULL: out of memory aborts.
void *arena_alloc(Arena *arena, size_t size);
void *arena_zalloc(Arena *arena, size_t size);
// Grows an item: in place when it is the newest, else by copy.
void *arena_grow(Arena *arena, void *item, size_t old_size, size_t new_size);

Process *arena_process(const Arena *arena);
Life arena_life(const Arena *arena);
// Bytes asked of the system, for statistics.
size_t arena_footprint(const Arena *arena);

#define ARENA_NEW(arena, T) ((T *)arena_zalloc((arena), sizeof(T)))
#define ARENA_ARRAY(arena, T, count) ((T *)arena_zalloc((arena), sizeof(T) * (size_t)(count)))

#endif
