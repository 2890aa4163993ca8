/*
 * Replaces libyang's internal ly_print_(), snprintf() and sprintf(), linked with --wrap.
 *
 * The original ly_print_() formats every few bytes of output with vasprintf() into a block it copies and frees again;
 * with this libc that was two thirds of all printing time. Nearly all its format strings contain only %s and %*s, which
 * are copied here directly; the rest still goes through vasprintf().
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libyang.h"

LY_ERR ly_write_(struct ly_out *out, const char *text, size_t length);

/* Collects small pieces so that the output block is extended less often. */
struct piece_buffer {
    struct ly_out *out;
    size_t used;
    char bytes[512];
};

static LY_ERR
flush_pieces(struct piece_buffer *buffer)
{
    size_t used = buffer->used;

    buffer->used = 0;
    return used ? ly_write_(buffer->out, buffer->bytes, used) : LY_SUCCESS;
}

static LY_ERR
put_piece(struct piece_buffer *buffer, const char *text, size_t length)
{
    LY_ERR rc;

    if (buffer->used + length > sizeof buffer->bytes) {
        if ((rc = flush_pieces(buffer))) {
            return rc;
        }
        if (length > sizeof buffer->bytes) {
            return ly_write_(buffer->out, text, length);
        }
    }
    memcpy(buffer->bytes + buffer->used, text, length);
    buffer->used += length;
    return LY_SUCCESS;
}

static int
is_strings_only(const char *format)
{
    for (const char *at = strchr(format, '%'); at; at = strchr(at + 1, '%')) {
        at += at[1] == '*' ? 2 : 1;
        if (*at != 's') {
            return 0;
        }
    }
    return 1;
}

static LY_ERR
print_strings(struct ly_out *out, const char *format, va_list args)
{
    struct piece_buffer buffer;
    LY_ERR rc = LY_SUCCESS;

    buffer.out = out;
    buffer.used = 0;
    while (*format && !rc) {
        const char *text = format;
        size_t length = strcspn(format, "%");
        int width = 0;

        if (length) {
            rc = put_piece(&buffer, text, length);
            format += length;
            continue;
        }
        format += 1;
        if (*format == '*') {
            width = va_arg(args, int);
            format += 1;
        }
        format += 1;
        text = va_arg(args, const char *);
        text = text ? text : "(null)";
        length = strlen(text);
        while (!rc && (width > (int)length)) {
            rc = put_piece(&buffer, " ", 1);
            width -= 1;
        }
        rc = rc ? rc : put_piece(&buffer, text, length);
    }
    return rc ? rc : flush_pieces(&buffer);
}

LY_ERR
__wrap_ly_print_(struct ly_out *out, const char *format, ...)
{
    va_list args;
    char *text = NULL;
    int length;
    LY_ERR rc;

    va_start(args, format);
    if (is_strings_only(format)) {
        rc = print_strings(out, format, args);
    } else {
        length = vasprintf(&text, format, args);
        rc = length < 0 ? LY_EMEM : ly_write_(out, text, length);
        free(length < 0 ? NULL : text);
    }
    va_end(args);
    return rc;
}

/*
 * As vsnprintf(), but for formats of plain strings copies them itself: libyang names each node it compiles that way, and
 * musl's printf is a function so large that V8 takes longer to optimise it than all these calls last.
 */
static int
format_strings(char *buffer, size_t size, const char *format, va_list args)
{
    size_t used = 0;

    if (!is_strings_only(format) || strchr(format, '*')) {
        return vsnprintf(buffer, size, format, args);
    }
    while (*format) {
        const char *text = format;
        size_t length = strcspn(format, "%");

        format += length;
        if (!length) {
            text = va_arg(args, const char *);
            length = strlen(text);
            format += 2;
        }
        if (used < size) {
            memcpy(buffer + used, text, length < size - used ? length : size - used);
        }
        used += length;
    }
    if (size) {
        buffer[used < size ? used : size - 1] = '\0';
    }
    return used;
}

int
__wrap_snprintf(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = format_strings(buffer, size, format, args);
    va_end(args);
    return length;
}

int
__wrap_sprintf(char *buffer, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = format_strings(buffer, INT_MAX, format, args);
    va_end(args);
    return length;
}
