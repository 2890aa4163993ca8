/* Functions wasi-libc lacks. Weak: a newer libc's own win. */
#include <errno.h>
#include <stddef.h>

__attribute__((weak)) char *
realpath(const char *restrict path, char *restrict resolved)
{
    (void)path;
    (void)resolved;
    errno = ENOENT;
    return NULL;
}

__attribute__((weak)) int
dup(int descriptor)
{
    (void)descriptor;
    errno = EBADF;
    return -1;
}
