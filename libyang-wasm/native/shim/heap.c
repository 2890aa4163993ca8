/*
 * The heap: growth in large steps, a limit, and counts of what is allocated.
 *
 * libyang cannot be trusted to go on when memory is refused: of the allocations of one call some lead to an error, some
 * to a failed assertion, and some to trees that look right and lack an index. So a refusal ends the instance, unless the
 * caller is of the shim's own and has said that it can do without. Work is refused before it comes to that: see
 * enum lyw_reserve.
 *
 * wasi-libc's sbrk grows the memory 64 KiB at a time, and V8 takes about a millisecond for each growth whatever its
 * size: building a large tree would spend most of its time there. This sbrk grows 4 MiB at a time.
 */
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "shim.h"

#define PAGE_BYTES 65536u
#define STEP_PAGES 64u

static uintptr_t heap_end;    /* what sbrk has given out */
static uintptr_t memory_end;  /* what the engine has given us */
static uint32_t limit_pages = 65536u;
static uint32_t is_optional;  /* the allocation under way may be refused */

/* Limits the whole memory, rounded up to pages. Memory already there stays. */
void
lyw_set_memory_limit(uint32_t bytes)
{
    limit_pages = bytes / PAGE_BYTES + (bytes % PAGE_BYTES ? 1 : 0);
}

static void
refuse(void)
{
    static const char text[] = "out of memory";

    if (!is_optional) {
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        abort();
    }
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
        if (increment > 0) {
            refuse();
        }
        errno = ENOMEM;
        return (void *)-1;
    }
    heap_end += ((uintptr_t)increment + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    return (void *)start;
}

/*
 * Linked with --wrap: every malloc, calloc, realloc and free in libyang, PCRE2 and the libc passes here. One counter,
 * cheap enough for every build, turns "does it leak?" into an equality tests can check; another tells how full the heap is.
 */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);

static uint32_t live_allocations;
static size_t live_bytes;

/* What a block takes, with the word the allocator keeps before it. */
static size_t
bytes_of(void *block)
{
    return malloc_usable_size(block) + sizeof(size_t);
}

static void *
counted(void *block)
{
    if (block) {
        live_allocations += 1;
        live_bytes += bytes_of(block);
    }
    return block;
}

uint32_t
lyw_live_allocations(void)
{
    return live_allocations;
}

/* The heap begins where the module's stack and data end. */
extern char __heap_base;

uint32_t
lyw_heap_is_low(size_t bytes, enum lyw_reserve reserve)
{
    uint64_t limit = (uint64_t)limit_pages * PAGE_BYTES, start = (uintptr_t)&__heap_base;
    uint64_t most = limit > start ? limit - start : 0;

    return (uint64_t)live_bytes + bytes > most - most / 16 * reserve;
}

uint32_t
lyw_heap_refuses_copies(void)
{
    return lyw_heap_is_low(0, LYW_RESERVE_OF_COPIES);
}

void *
__wrap_malloc(size_t size)
{
    return counted(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return counted(__real_calloc(count, size));
}

void *
__wrap_realloc(void *block, size_t size)
{
    size_t old_bytes = block ? bytes_of(block) : 0;
    void *moved = __real_realloc(block, size);

    if (!block) {
        return counted(moved);
    }
    if (moved) {
        live_bytes += bytes_of(moved) - old_bytes;
    }
    return moved;
}

void
__wrap_free(void *block)
{
    if (block) {
        live_allocations -= 1;
        live_bytes -= bytes_of(block);
    }
    __real_free(block);
}

/* realloc() for a caller that can do without. */
void *
lyw_try_realloc(void *block, size_t size)
{
    void *moved;

    is_optional = 1;
    moved = __wrap_realloc(block, size);
    is_optional = 0;
    return moved;
}

/* Exported under names of their own: what JavaScript allocates is counted too. 0: no memory. */
void *
lyw_alloc(uint32_t size)
{
    return lyw_try_realloc(NULL, size);
}

void
lyw_free(void *block)
{
    __wrap_free(block);
}
