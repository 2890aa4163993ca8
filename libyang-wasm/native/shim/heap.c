/*
 * The heap: growth in large steps, a limit, and a count of live allocations.
 *
 * wasi-libc's sbrk grows the memory 64 KiB at a time, and V8 takes about a millisecond for each growth whatever its
 * size: building a large tree would spend most of its time there. This sbrk grows 4 MiB at a time.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_BYTES 65536u
#define STEP_PAGES 64u

static uintptr_t heap_end;    /* what sbrk has given out */
static uintptr_t memory_end;  /* what the engine has given us */
static uint32_t limit_pages = 65536u;
static uint32_t was_refused;

/* Limits the whole memory, rounded up to pages. Memory already there stays. */
void
lyw_set_memory_limit(uint32_t bytes)
{
    limit_pages = bytes / PAGE_BYTES + (bytes % PAGE_BYTES ? 1 : 0);
}

static int
grow_pages(uintptr_t pages)
{
    uintptr_t current = memory_end / PAGE_BYTES;

    if ((pages > limit_pages) || (current > limit_pages - pages)) {
        return 0;
    }
    if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) {
        return 0;
    }
    memory_end += pages * PAGE_BYTES;
    return 1;
}

static int
ensure_room(uintptr_t bytes)
{
    uintptr_t room = memory_end - heap_end, needed;

    if (bytes <= room) {
        return 1;
    }
    needed = (bytes - room + PAGE_BYTES - 1) / PAGE_BYTES;
    return grow_pages(needed > STEP_PAGES ? needed : STEP_PAGES) || grow_pages(needed);
}

/* Called by malloc only, with whole pages or 0. Shrinking is not possible in WebAssembly. */
void *
sbrk(intptr_t increment)
{
    uintptr_t start;

    if (!memory_end) {
        heap_end = memory_end = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE_BYTES;
    }
    start = heap_end;
    if (increment == 0) {
        return (void *)start;
    }
    if ((increment < 0) || !ensure_room((uintptr_t)increment)) {
        was_refused = increment > 0;
        errno = ENOMEM;
        return (void *)-1;
    }
    heap_end += ((uintptr_t)increment + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    return (void *)start;
}

/*
 * Whether memory was refused since the last time this was asked. libyang and PCRE2 report that in several ways, some of
 * which read like bad input.
 */
uint32_t
lyw_take_memory_refusal(void)
{
    uint32_t refused = was_refused;

    was_refused = 0;
    return refused;
}

/*
 * Linked with --wrap: every malloc, calloc, realloc and free in libyang, PCRE2 and the libc passes here. One counter,
 * cheap enough for every build, turns "does it leak?" into an equality tests can check.
 */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);

static uint32_t live_allocations;

uint32_t
lyw_live_allocations(void)
{
    return live_allocations;
}

void *
__wrap_malloc(size_t size)
{
    void *block = __real_malloc(size);

    live_allocations += block != NULL;
    return block;
}

void *
__wrap_calloc(size_t count, size_t size)
{
    void *block = __real_calloc(count, size);

    live_allocations += block != NULL;
    return block;
}

void *
__wrap_realloc(void *block, size_t size)
{
    void *moved = __real_realloc(block, size);

    live_allocations += !block && moved;
    return moved;
}

void
__wrap_free(void *block)
{
    live_allocations -= block != NULL;
    __real_free(block);
}

/* Exported under names of their own: what JavaScript allocates is counted too. */
void *
lyw_alloc(uint32_t size)
{
    return __wrap_malloc(size);
}

void
lyw_free(void *block)
{
    __wrap_free(block);
}
