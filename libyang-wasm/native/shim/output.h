/* Printed text in memory that grows. See output.c. */
#ifndef LYW_OUTPUT_H
#define LYW_OUTPUT_H

#include <stdint.h>
#include <sys/types.h>

struct output {
    char *bytes;
    uint32_t used;
    uint32_t capacity;
    int has_failed;    /* there was no memory: some of the text is lost */
};

/* For ly_out_new_clb(), with a struct output as its user data. */
ssize_t output_append(void *output, const void *bytes, size_t length);

#endif
