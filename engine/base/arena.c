// Chunks that grow geometrically, used by moving a mark; items that would waste the rest of a chunk get their own.
//
//   Arena ──bump──> Chunk (newest) ──prev──> Chunk ──prev──> the chunk that holds the Arena itself
//         ──large─> Large (newest) ──prev──> Large
//
// Every chunk has a serial number, and each large item knows the place (serial, used) at which it was made, which is
// how a mark of two words covers both lists. Bytes of a chunk at `dirty` and after it were never handed out and come
// from the system cleared, so arena_zalloc need not clear them.
#include "engine/base/arena.h"

#include "engine/base/limits.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#define REDZONE 16u
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define REDZONE 0u
#endif

#define ALIGN ((size_t)16)
#define CHUNK_MAX ((size_t)1 << 20)
// From here on memory is mapped, which gives it cleared and gives it back at once.
#define MAP_MIN ((size_t)128 << 10)
// An arena that has come to the largest chunks will fill them: their pages are made at once, which is a quarter
// faster than one fault each.
#ifdef MAP_POPULATE
#define MAP_FLAGS(size) (MAP_PRIVATE | MAP_ANONYMOUS | ((size) == CHUNK_MAX ? MAP_POPULATE : 0))
#else
#define MAP_FLAGS(size) (MAP_PRIVATE | MAP_ANONYMOUS)
#endif

static _Noreturn void arena_out_of_memory(void) {
    fputs("infra: out of memory\n", stderr);
    abort();
}

#ifdef INFRA_ARENA_DEBUG

// One malloc an item: [Item header | bytes], newest first.
typedef struct Item {
    struct Item *prev;
    size_t size;
} Item;

struct Arena {
    Process *process;
    Life life;
    const char *label;
    Item *newest;
    size_t footprint;
};

Arena *arena_new(Process *process, Life life, const char *label) {
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena) arena_out_of_memory();
    *arena = (Arena){process, life, label, NULL, sizeof *arena};
    return arena;
}

void arena_release(Arena *arena, ArenaMark mark) {
    while (arena->newest != mark.chunk) {
        Item *item = arena->newest;
        assert(item && "mark of another arena, or released before");
        arena->newest = item->prev;
        arena->footprint -= sizeof *item + item->size;
        free(item);
    }
}

void arena_reset(Arena *arena) { arena_release(arena, (ArenaMark){NULL, 0}); }

void arena_free(Arena *arena) {
    if (!arena) return;
    arena_reset(arena);
    free(arena);
}

ArenaMark arena_mark(Arena *arena) { return (ArenaMark){arena->newest, 0}; }

void *arena_alloc(Arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) arena_out_of_memory();
    Item *item = malloc(sizeof *item + size);
    if (!item) arena_out_of_memory();
    *item = (Item){arena->newest, size};
    arena->newest = item;
    arena->footprint += sizeof *item + size;
    // Whoever reads what was not written shall see nonsense, not luck.
    memset(item + 1, 0xA5, size);
    return item + 1;
}

void *arena_zalloc(Arena *arena, size_t size) { return memset(arena_alloc(arena, size), 0, size); }

void *arena_grow(Arena *arena, void *item, size_t old_size, size_t new_size) {
    void *grown = arena_alloc(arena, new_size);
    if (old_size) memcpy(grown, item, old_size < new_size ? old_size : new_size);
    if (item) POISON(item, old_size);
    return grown;
}

#else

static size_t align_up(size_t n) {
    if (n > SIZE_MAX / 2) arena_out_of_memory();
    return (n + (ALIGN - 1)) & ~(ALIGN - 1);
}

typedef struct Chunk {
    struct Chunk *prev;
    size_t size;     // of the whole chunk, this header included
    uint64_t serial; // counts up along the list
    size_t used;     // of a chunk that is not the newest
    char *dirty;
    bool mapped;
} Chunk;

// An item of its own: the header, then the bytes.
typedef struct Large {
    struct Large *prev;
    size_t size; // header included
    uint64_t serial;
    size_t used; // the newest chunk and its mark when the item was made
    bool mapped;
} Large;

#define CHUNK_HEAD ((sizeof(Chunk) + ALIGN - 1) & ~(ALIGN - 1))
#define LARGE_HEAD ((sizeof(Large) + ALIGN - 1) & ~(ALIGN - 1))

struct Arena {
    Chunk *chunk;
    char *next, *end; // free bytes of the newest chunk
    Large *large;
    size_t chunk_size; // of the next chunk
    size_t footprint;
    Process *process;
    Life life;
    const char *label;
    Chunk *first; // holds this struct
};

#ifdef ARENA_ASAN
static const bool may_map = false; // with malloc the sanitizer sees uses after release
#else
static const bool may_map = true;
#endif

static void *memory_get(size_t size, bool *mapped) {
    *mapped = may_map && size >= MAP_MIN;
    void *p;
    if (*mapped) {
        p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_FLAGS(size), -1, 0);
        if (p == MAP_FAILED) p = NULL;
    } else {
        p = malloc(size);
    }
    if (!p) arena_out_of_memory();
    return p;
}

static void memory_give(void *p, size_t size, bool mapped) {
    if (mapped) {
        munmap(p, size);
    } else {
        UNPOISON(p, size);
        free(p);
    }
}

static Chunk *chunk_new(size_t size) {
    bool mapped;
    Chunk *chunk = memory_get(size, &mapped);
    char *data = (char *)chunk + CHUNK_HEAD;
    *chunk = (Chunk){NULL, size, 0, 0, mapped ? data : (char *)chunk + size, mapped};
    POISON(data, size - CHUNK_HEAD);
    return chunk;
}

static void chunk_enter(Arena *arena, Chunk *chunk, size_t used) {
    arena->chunk = chunk;
    arena->next = (char *)chunk + used;
    arena->end = (char *)chunk + chunk->size;
}

static size_t chunk_used(const Arena *arena) { return (size_t)(arena->next - (char *)arena->chunk); }

// What was handed out of the chunk that is left is dirty.
static void chunk_soil(Arena *arena) {
    if (arena->next > arena->chunk->dirty) arena->chunk->dirty = arena->next;
}

Arena *arena_new(Process *process, Life life, const char *label) {
    size_t least = CHUNK_HEAD + align_up(sizeof(Arena));
    size_t size = LIMIT_ARENA_CHUNK > 2 * least ? LIMIT_ARENA_CHUNK : 2 * least;
    Chunk *chunk = chunk_new(size);
    Arena *arena = (Arena *)((char *)chunk + CHUNK_HEAD);
    UNPOISON(arena, sizeof *arena);
    *arena = (Arena){
        .chunk_size = size * 2, .footprint = size, .process = process, .life = life, .label = label, .first = chunk};
    if (arena->chunk_size > CHUNK_MAX) arena->chunk_size = CHUNK_MAX;
    chunk_enter(arena, chunk, least);
    return arena;
}

static void chunk_pop(Arena *arena) {
    Chunk *chunk = arena->chunk;
    chunk_enter(arena, chunk->prev, chunk->prev->used);
    arena->footprint -= chunk->size;
    memory_give(chunk, chunk->size, chunk->mapped);
}

static void large_pop(Arena *arena) {
    Large *large = arena->large;
    arena->large = large->prev;
    arena->footprint -= large->size;
    memory_give(large, large->size, large->mapped);
}

ArenaMark arena_mark(Arena *arena) { return (ArenaMark){arena->chunk, chunk_used(arena)}; }

void arena_release(Arena *arena, ArenaMark mark) {
    const Chunk *to = mark.chunk;
    while (arena->large && (arena->large->serial > to->serial ||
                            (arena->large->serial == to->serial && arena->large->used >= mark.used)))
        large_pop(arena);
    while (arena->chunk != to) {
        assert(arena->chunk != arena->first && "mark of another arena, or released before");
        chunk_pop(arena);
    }
    chunk_soil(arena);
    arena->next = (char *)arena->chunk + mark.used;
    POISON(arena->next, (size_t)(arena->end - arena->next));
}

// Keeps the newest chunk, which is the largest, beside the first: the next round likely needs as much.
void arena_reset(Arena *arena) {
    while (arena->large) large_pop(arena);
    Chunk *keep = arena->chunk;
    if (keep != arena->first) {
        chunk_soil(arena);
        chunk_enter(arena, keep->prev, keep->prev->used);
        while (arena->chunk != arena->first) chunk_pop(arena);
        keep->prev = arena->first;
        keep->serial = arena->first->serial + 1;
        arena->first->used = chunk_used(arena);
        chunk_enter(arena, keep, CHUNK_HEAD);
    } else {
        chunk_soil(arena);
        arena->next = (char *)keep + CHUNK_HEAD + align_up(sizeof *arena);
    }
    POISON(arena->next, (size_t)(arena->end - arena->next));
}

void arena_free(Arena *arena) {
    if (!arena) return;
    while (arena->large) large_pop(arena);
    while (arena->chunk != arena->first) chunk_pop(arena);
    memory_give(arena->first, arena->first->size, arena->first->mapped);
}

static void *large_new(Arena *arena, size_t size) {
    size_t whole = LARGE_HEAD + size + REDZONE;
    bool mapped;
    Large *large = memory_get(whole, &mapped);
    *large = (Large){arena->large, whole, arena->chunk->serial, chunk_used(arena), mapped};
    arena->large = large;
    arena->footprint += whole;
    // A mark made after the item must differ from one made before it.
    arena->next += ALIGN;
    POISON((char *)large + LARGE_HEAD + size, REDZONE);
    return (char *)large + LARGE_HEAD;
}

// Room in a new chunk, or an own one for an item that would waste too much of it. *fresh: known to be cleared.
static void *arena_more(Arena *arena, size_t size, bool *fresh) {
    size_t room = align_up(size + REDZONE);
    bool marks_fit = (size_t)(arena->end - arena->next) >= ALIGN;
    if (room > arena->chunk_size / 4 && marks_fit) {
        void *p = large_new(arena, size);
        *fresh = arena->large->mapped;
        return p;
    }
    chunk_soil(arena);
    arena->chunk->used = chunk_used(arena);
    size_t least = CHUNK_HEAD + (room > arena->chunk_size / 4 ? ALIGN : room);
    Chunk *chunk = chunk_new(arena->chunk_size > least ? arena->chunk_size : least);
    chunk->prev = arena->chunk;
    chunk->serial = arena->chunk->serial + 1;
    arena->footprint += chunk->size;
    arena->chunk_size = arena->chunk_size * 2 < CHUNK_MAX ? arena->chunk_size * 2 : CHUNK_MAX;
    chunk_enter(arena, chunk, CHUNK_HEAD);
    void *p = arena_alloc(arena, size);
    *fresh = false;
    return p;
}

void *arena_alloc(Arena *arena, size_t size) {
    size_t room = align_up(size + REDZONE);
    char *p = arena->next;
    if (room > (size_t)(arena->end - p)) {
        bool fresh;
        return arena_more(arena, size, &fresh);
    }
    arena->next = p + room;
    UNPOISON(p, size);
    return p;
}

void *arena_zalloc(Arena *arena, size_t size) {
    size_t room = align_up(size + REDZONE);
    if (room > (size_t)(arena->end - arena->next)) {
        bool fresh;
        char *p = arena_more(arena, size, &fresh);
        return fresh ? p : memset(p, 0, size);
    }
    char *p = arena->next;
    arena->next = p + room;
    UNPOISON(p, size);
    const char *dirty = arena->chunk->dirty;
    if (p < dirty) memset(p, 0, size < (size_t)(dirty - p) ? size : (size_t)(dirty - p));
    return p;
}

// An item with memory of its own is moved by the system, by its pages where they are mapped, whatever came after it.
// Only the newest few are looked at: more would not be linear.
static void *large_grow(Arena *arena, void *item, size_t new_size) {
    Large *large = (Large *)((char *)item - LARGE_HEAD);
    Large **link = &arena->large;
    for (int i = 0; *link != large; link = &(*link)->prev, i++)
        if (!*link || i == 64) return NULL;
    size_t whole = LARGE_HEAD + new_size + REDZONE;
    UNPOISON((char *)large, large->size);
    Large *moved;
    if (large->mapped) {
#ifdef __linux__
        moved = mremap(large, large->size, whole, MREMAP_MAYMOVE);
        if (moved == MAP_FAILED) moved = NULL;
#else
        return NULL;
#endif
    } else {
        moved = realloc(large, whole);
    }
    if (!moved) arena_out_of_memory();
    arena->footprint += whole - moved->size;
    moved->size = whole;
    *link = moved;
    POISON((char *)moved + LARGE_HEAD + new_size, REDZONE);
    return (char *)moved + LARGE_HEAD;
}

void *arena_grow(Arena *arena, void *item, size_t old_size, size_t new_size) {
    if (!item) return arena_alloc(arena, new_size);
    if (new_size <= old_size) return item;
    size_t old_room = align_up(old_size + REDZONE), room = align_up(new_size + REDZONE);
    char *p = item;
    if (p + old_room == arena->next && room <= (size_t)(arena->end - p)) {
        arena->next = p + room;
        UNPOISON(p, new_size);
        return p;
    }
    if (new_size > SIZE_MAX / 2) arena_out_of_memory();
    // No item below this size was ever given memory of its own.
    if (old_room > arena->first->size / 4) {
        void *grown = large_grow(arena, item, new_size);
        if (grown) return grown;
    }
    void *grown = arena_alloc(arena, new_size);
    memcpy(grown, item, old_size);
    POISON(item, old_size);
    return grown;
}

#endif

Process *arena_process(const Arena *arena) { return arena->process; }

Life arena_life(const Arena *arena) { return arena->life; }

size_t arena_footprint(const Arena *arena) { return arena->footprint; }
