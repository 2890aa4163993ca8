/*
 * Included before every libyang file (-include): functions libyang mentions and wasi-libc does not declare.
 * They serve files and descriptors, which this build never touches; wasi-missing.c defines them to fail.
 */
#ifndef LYW_WASI_UNDECLARED_H
#define LYW_WASI_UNDECLARED_H

int dup(int descriptor);
char *realpath(const char *restrict path, char *restrict resolved);

#endif
