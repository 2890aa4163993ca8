/*
 * Printed text in memory that grows. Of all that libyang does, printing needs the most memory in one piece, and can be
 * given up at any time. libyang's own output in memory forgets what was printed so far when there is none left, and goes on.
 */
#include <string.h>

#include "output.h"
#include "shim.h"

#define FIRST_BYTES 4096u

ssize_t
output_append(void *user_data, const void *bytes, size_t length)
{
    struct output *output = user_data;
    uint64_t needed = (uint64_t)output->used + length, capacity = output->capacity ? output->capacity : FIRST_BYTES;
    char *larger;

    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity > output->capacity) {
        larger = capacity <= UINT32_MAX ? lyw_try_realloc(output->bytes, capacity) : NULL;
        if (!larger) {
            output->has_failed = 1;
            return (ssize_t)length;
        }
        output->bytes = larger;
        output->capacity = (uint32_t)capacity;
    }
    memcpy(output->bytes + output->used, bytes, length);
    output->used = (uint32_t)needed;
    return (ssize_t)length;
}
